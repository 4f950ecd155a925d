"""Typed study configuration: `read_study` for a file, `parse_study` for a mapping."""

from boundary.config.load import parse_study, read_study
from boundary.config.model import Model
from boundary.config.protocol import Protocol
from boundary.config.schema import json_schema
from boundary.config.study import Comparison, Study

__all__ = ["Comparison", "Model", "Protocol", "Study", "json_schema", "parse_study", "read_study"]
