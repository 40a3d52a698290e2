"""What the record can tell of whether things get better, and what it cannot."""
