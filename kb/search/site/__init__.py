"""The index of the site: `columns` takes the records' words apart, `postings` puts them in order of stems, `numbers` writes
numbers as text, and `export` makes the files."""
