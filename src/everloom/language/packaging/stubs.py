"""Activities written in Python that a definition calls: imported where that can be, else typed stubs."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from everloom.language.compiling.literals import text_literal
from everloom.language.compiling.naming import Names, pascal, snake
from everloom.language.definition import FunctionCatalog, FunctionSignature, Json

_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "array": "list[Any]",
    "object": "dict[str, Any]",
}
_OURS = "everloom."


@dataclass(frozen=True)
class Stub:
    """One activity."""

    wire_name: str
    function: str
    """What it is called in the module."""

    imported: str = ""
    """The line that imports it; empty for a stub."""

    lines: list[str] = field(default_factory=list[str])
    types: bool = False
    """Whether its lines describe objects."""


def stubs_of(activities: Iterable[str], functions: FunctionCatalog) -> list[Stub]:
    """The activities that are not Everloom's own."""
    names = Names({"activities", "activity", "load_settings", "step_activities"})
    known = {_wire_name(each): each for each in functions.values()}
    wanted = [name for name in activities if not name.startswith(_OURS)]
    return [_stub(name, known.get(name), names) for name in wanted]


def _wire_name(signature: FunctionSignature) -> str:
    plain = signature.version == "1.0.0"
    return signature.name if plain else f"{signature.name}:{signature.version}"


def _stub(wire_name: str, signature: FunctionSignature | None, names: Names) -> Stub:
    if signature is not None and signature.module and signature.qualname.isidentifier():
        function = names.take(signature.qualname)
        line = f"from {signature.module} import {signature.qualname}"
        if function != signature.qualname:
            line += f" as {function}"
        return Stub(wire_name, function, line)
    function = names.take(snake(wire_name))
    lines: list[str] = []
    given = _type(signature.input_schema if signature else None, f"{pascal(wire_name)}Input", lines)
    result = _type(
        signature.output_schema if signature else None, f"{pascal(wire_name)}Output", lines
    )
    has_types = bool(lines)
    lines += [
        f"@activity.defn(name={text_literal(wire_name)})",
        f"async def {function}(given: {given}) -> {result}:",
        '    """Do what the workflow asks for here; this is yours to write."""',
        "    raise NotImplementedError",
    ]
    return Stub(wire_name, function, "", lines, has_types)


def _type(schema: dict[str, Json] | None, name: str, lines: list[str]) -> str:
    """The type of an input or output; objects are described by a class of their own."""
    if not schema or schema.get("type") != "object" or not schema.get("properties"):
        return _TYPES.get(str(schema.get("type")), "Any") if schema else "Any"
    required = set(schema.get("required", ()))
    fields = [
        f"    {key!r}: {_TYPES.get(str(part.get('type')), 'Any')},"
        for key, part in schema["properties"].items()
    ]
    total = required == set(schema["properties"])
    lines += [f"{name} = TypedDict(", f'    "{name}",', "    {"]
    lines += [f"    {each}" for each in fields]
    lines += ["    },", *([] if total else ["    total=False,"]), ")", "", ""]
    return name
