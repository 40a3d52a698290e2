"""Charts: a question, how to read its answer, the drawing, and its numbers."""
