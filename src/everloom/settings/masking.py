"""What must not be shown: values under names that look secret, passwords inside addresses."""

import re

MASK = "**********"

_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|(^|[_.-])key($|[_.-])", re.IGNORECASE
)
_PASSWORD_IN_URL = re.compile(r"(://[^/?#\s:]*):[^/?#\s]*@")
_SECRET_IN_QUERY = re.compile(
    r"([?&][^=&#\s]*(?:password|secret|token|key|signature)[^=&#\s]*=)[^&#\s]+", re.IGNORECASE
)


def masked(name: str, value: object) -> object:
    """A value as it may be shown.

    Args:
        name: The setting's own name, without the sections above it.
        value: As JSON has it: text, number, list, mapping.
    """
    if isinstance(value, dict):
        inner: dict[object, object] = value  # pyright: ignore[reportUnknownVariableType] - any mapping
        return {key: masked(str(key), each) for key, each in inner.items()}
    if isinstance(value, list):
        several: list[object] = value  # pyright: ignore[reportUnknownVariableType] - any list
        return [masked(name, each) for each in several]
    if not isinstance(value, str):
        return value
    if value and _SECRET_NAME.search(name):
        return MASK
    return _SECRET_IN_QUERY.sub(rf"\1{MASK}", _PASSWORD_IN_URL.sub(rf"\1:{MASK}@", value))
