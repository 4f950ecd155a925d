"""The report of a study: one HTML page that asks the network for nothing."""

from boundary.report.page import render
from boundary.report.sentences import sentence

__all__ = ["render", "sentence"]
