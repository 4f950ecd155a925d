"""The problems of a study as pages: a table of all, and a page a problem with its responses."""
