"""The pages of `docs/reference` that are made from the code.

`python -m everloom.cli.reference` writes them; a test fails when they are stale.
"""

from .commands import commands_page
from .errors import errors_page
from .settings import settings_page
from .wire_names import wire_names_page

__all__ = ["commands_page", "errors_page", "settings_page", "wire_names_page"]
