"""Afteraction in MkDocs: a small plugin for each concern, holding no logic of its own.

`kb/records` publishes the records and their lists; `kb/links` joins them: topics, `[[id]]` in the site's own pages,
old addresses; `kb/clusters` says what keeps coming back; `kb/search` makes them searchable. They unpack MkDocs' events
and hand over to `kb`.
"""
