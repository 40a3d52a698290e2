"""The quarterly learning review: what an hour together needs, ready to read."""
