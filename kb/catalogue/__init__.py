"""All records with every reference resolved, both directions. See `link`, `catalogue`, `check`."""
