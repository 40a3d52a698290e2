"""Afteraction in MkDocs: a small plugin for each concern, holding no logic of its own.

`kb/records` publishes the records and their lists; `kb/links` joins them: topics, `[[id]]` in the site's own pages,
old addresses; `kb/clusters` says what keeps coming back, `kb/trends` whether it gets better; `kb/review` prepares the review of
each quarter; `kb/search` makes the records searchable. They unpack MkDocs' events and hand over to `kb`.
"""
