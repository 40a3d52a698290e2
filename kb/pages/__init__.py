"""The catalogue -> pages: a uri, a title and HTML each. Knows nothing of who turns them into a site. See `site`."""
