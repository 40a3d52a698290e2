"""One file, read strictly, validated, immutable. See `frontmatter` (bytes), `shape` (names), `model` (fields), `read`."""
