"""Foreign formats, one module each: what leaves the knowledge base and, later, what comes in."""
