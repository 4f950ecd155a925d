"""The report of a study: one HTML page that asks the network for nothing."""
