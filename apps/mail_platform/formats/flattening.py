"""Turn an item of a JSON document into flat text fields."""

import json
from typing import Any

from .prices import JsonNumber

decoder = json.JSONDecoder(
    strict=False, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=JsonNumber
)
"""Keeps numbers as they are written: a price is no floating point number."""

_DEEPEST = 5


def flatten(item: dict[str, Any]) -> dict[str, str]:
    """Every scalar of an item under its path: `{"price": {"value": 5}}` gives `price.value`.

    Of a list of scalars the elements are joined with `, `; of a list of objects the first counts.
    """
    flat: dict[str, str] = {}
    _flatten(item, "", flat, 0)
    return flat


def _flatten(value: Any, path: str, flat: dict[str, str], depth: int) -> None:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():  # pyright: ignore[reportUnknownVariableType] - JSON
            _flatten(inner, f"{path}.{key}" if path else f"{key}", flat, depth + 1)
    elif isinstance(value, list):
        _flatten_list(value, path, flat, depth)  # pyright: ignore[reportUnknownArgumentType] - JSON
    else:
        flat.setdefault(path, _scalar(value))


def _flatten_list(values: list[Any], path: str, flat: dict[str, str], depth: int) -> None:
    scalars = [value for value in values if not isinstance(value, dict | list)]
    if scalars:
        flat.setdefault(path, ", ".join(_scalar(value) for value in scalars))
    elif values:
        _flatten(values[0], path, flat, depth + 1)


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
