"""Importers: what other tools wrote, read as rows of ours.

One folder a form of file, with a light record in its face and the reader behind
it; to add one is that folder and a line of `registry`.  An importer yields rows
and writes none; `boundary.importers.collect` makes tables of them.
"""
