"""The command line: one command a stage, each working on files alone."""

from boundary.cli.app import main

__all__ = ["main"]
