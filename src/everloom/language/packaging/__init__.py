"""A compiled definition as a package that somebody can own: files, by their paths."""

from .files import package_files

__all__ = ["package_files"]
