"""Does a text fit a regular expression as a whole, in time that grows with its length only?

Python's own engine tries again and again, and holds the interpreter's lock meanwhile: an event of
forty characters could stop a worker for years. The engine of the schema validator never goes back,
and knows neither look-around nor references to groups.
"""

import re
from functools import lru_cache

import jsonschema_rs
from jsonschema_rs import ValidationError

_LOOKS_LIKE_A_PATTERN = re.compile(r"[\\^$*+?()\[\]{}|]")
_LONGEST = 1024
"""Characters of a pattern, and of a text that is held against one."""

_OPTIONS = jsonschema_rs.RegexOptions(size_limit=1024 * 1024, dfa_size_limit=1024 * 1024)


def pattern_fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern from its beginning to its end.

    What is no pattern, or longer than patterns of filters are, fits nothing.
    """
    if not _LOOKS_LIKE_A_PATTERN.search(pattern) or max(len(pattern), len(text)) > _LONGEST:
        return False
    compiled = _compiled(pattern)
    return compiled is not None and compiled.is_valid(text)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "jsonschema_rs.Draft202012Validator | None":
    schema = {"pattern": f"^(?:{pattern})$"}
    try:
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=_OPTIONS)
    except (ValidationError, ValueError):  # it was never meant to be one
        return None
