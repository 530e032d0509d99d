"""Everloom: durable workflows for Python teams, on Temporal."""

__version__ = "0.1.0"
