"""Search: one index and one ranking, for the terminal and for the site.

`terms` turns text into what is compared, `query` reads what somebody asks, `index` keeps the postings, `rank` orders,
`passage` shows where it stands, and `search` puts them together.
"""
