"""What can be done: use cases that the command line and the API share. Nothing here prints."""

from .versions import installed_versions

__all__ = ["installed_versions"]
