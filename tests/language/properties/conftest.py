"""Registers the profile that hunts: `pytest tests/language/properties --hypothesis-profile everloom-hunt`."""

from tests.language.properties import gathering

__all__ = ["gathering"]
