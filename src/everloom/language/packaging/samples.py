"""A value that fits a JSON Schema, as far as that can be seen without searching."""

from everloom.core import Json, is_list, is_object

_DEPTH = 6
_PLAIN: dict[str, Json] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
}


def sample_of(schema: Json, depth: int = 0) -> Json:
    """A value for a schema; an empty object where it says nothing."""
    if not is_object(schema) or depth > _DEPTH:
        return {}
    given = _given(schema)
    if given:
        return given[0]
    kind = schema.get("type", "object")
    if is_list(kind):
        kind = kind[0] if kind else "object"
    if kind == "array":
        return [sample_of(schema.get("items"), depth + 1)]
    properties = schema.get("properties", {})
    if kind != "object" or not is_object(properties):
        return _PLAIN.get(str(kind), {})
    return {name: sample_of(part, depth + 1) for name, part in properties.items()}


def _given(schema: dict[str, Json]) -> list[Json]:
    """Values that the schema itself names."""
    found = [schema[key] for key in ("const", "default") if key in schema]
    for key in ("examples", "enum"):
        values = schema.get(key)
        if is_list(values):
            found += values
    return found
