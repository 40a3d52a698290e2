"""The index of the site: `apart` takes records apart, `table` puts their words in order of stems, `facts` their facts, `columns`
holds both between builds in a file of `kb.kept`; `postings` cuts them into parts, `numbers` writes numbers as text, and `export`
makes the files."""
