"""What does an operation take? Its parameters and its body, whatever version its document has."""

from collections.abc import Mapping
from dataclasses import dataclass

from everloom.flow import Json

from .media_types import media_type
from .openapi_documents import Documents, Found, Part
from .openapi_styles import Parameter, Place
from .shapes import is_list, is_object

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_JSON = "application/json"

_PLACES: Mapping[str, Place] = {
    "path": "path", "query": "query", "header": "header", "cookie": "cookie", "formData": "form",
}  # fmt: skip
_STYLES: Mapping[Place, str] = {
    "path": "simple", "query": "form", "header": "simple", "cookie": "form", "form": "form",
}  # fmt: skip
_COLLECTIONS = {"ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}


@dataclass(frozen=True)
class BodyShape:
    """The body that an operation takes."""

    content_type: str
    required: bool = False
    name: str | None = None
    """What Swagger 2.0 calls it; OpenAPI 3 has no name for it."""

    properties: frozenset[str] = frozenset()
    """Names of the fields, where the document says it is an object."""

    files: frozenset[str] = frozenset()
    """Those that are files."""


async def parameters_of(documents: Documents, found: Found) -> tuple[Parameter, ...]:
    """All parameters: those of the path, those of the operation, and keys that its security names.

    Raises:
        Fault: A reference leads nowhere.
    """
    known: dict[tuple[str, str], Parameter] = {}
    for part in await _described(documents, found):
        node = part.node
        place = _PLACES.get(str(node.get("in")))
        if place is not None and isinstance(node.get("name"), str):
            known[node["name"], place] = _parameter(node, place)
    for key in await _keys(documents, found):
        known.setdefault((key.name, key.place), key)
    return tuple(known.values())


async def body_shape(documents: Documents, found: Found) -> BodyShape | None:
    """What body the operation takes, if any.

    Raises:
        Fault: A reference leads nowhere.
    """
    if found.is_swagger:
        return await _swagger_body(documents, found)
    asked = Part(found.operation.node.get("requestBody"), found.operation.document)
    body = await documents.follow(asked)
    content = body.node.get("content") if is_object(body.node) else None
    if not is_object(content) or not content:
        return None
    written = _preferred(list(content))
    media = content[written]
    schema = media.get("schema") if is_object(media) else None
    properties = await _properties(documents, Part(schema, body.document))
    return BodyShape(
        content_type=_JSON if "*" in written else written,
        required=body.node.get("required") is True,
        properties=frozenset(properties),
        files=frozenset(name for name, node in properties.items() if _is_file(node)),
    )


async def _described(documents: Documents, found: Found) -> list[Part]:
    """The parameters as they are described; those of the operation come last, and so win."""
    parts = [
        Part(node, holder.document)
        for holder in (found.item, found.operation)
        for node in _listed(holder.node.get("parameters"))
    ]
    followed = [await documents.follow(part) for part in parts]
    return [part for part in followed if is_object(part.node)]


def _listed(value: Json) -> list[Json]:
    return value if is_list(value) else []


def _parameter(node: dict[str, Json], place: Place) -> Parameter:
    collection = node.get("collectionFormat")
    style = str(node.get("style") or _COLLECTIONS.get(str(collection), _STYLES[place]))
    if "type" in node:  # Swagger 2.0: lists are joined, unless they are `multi`
        explode = collection == "multi"
    else:
        explode = node.get("explode") is True if "explode" in node else style == "form"
    return Parameter(
        name=str(node["name"]),
        place=place,
        required=node.get("required") is True or place == "path",
        style=style,
        explode=explode,
        as_json=any(media_type(each).is_json for each in node.get("content") or ()),
        allow_reserved=node.get("allowReserved") is True,
        is_file=node.get("type") == "file",
    )


async def _keys(documents: Documents, found: Found) -> list[Parameter]:
    """Keys of an API that the security of the operation names, as parameters that may be given."""
    content = found.root.content
    wanted = found.operation.node.get("security", content.get("security"))
    names = {name for each in _listed(wanted) if is_object(each) for name in each}
    components = content.get("components")
    schemes = (
        components.get("securitySchemes")
        if is_object(components)
        else content.get("securityDefinitions")
    )
    keys: list[Parameter] = []
    for name, node in schemes.items() if is_object(schemes) else ():
        part = await documents.follow(Part(node, found.root))
        if name in names and is_object(part.node) and part.node.get("type") == "apiKey":
            place = _PLACES.get(str(part.node.get("in")))
            if place is not None:
                keys.append(Parameter(str(part.node.get("name")), place, style=_STYLES[place]))
    return keys


async def _swagger_body(documents: Documents, found: Found) -> BodyShape | None:
    parts = await _described(documents, found)
    consumed = found.operation.node.get("consumes") or found.root.content.get("consumes")
    listed = [str(each) for each in _listed(consumed)]
    fields = [part.node for part in parts if part.node.get("in") == "formData"]
    if fields:
        files = {str(node.get("name")) for node in fields if node.get("type") == "file"}
        form = _MULTIPART if files or (_MULTIPART in listed and _FORM not in listed) else _FORM
        return BodyShape(form, files=frozenset(files))
    for part in parts:
        node = part.node
        if node.get("in") == "body":
            properties = await _properties(documents, Part(node.get("schema"), part.document))
            return BodyShape(
                _preferred(listed or [_JSON]),
                required=node.get("required") is True,
                name=str(node.get("name")),
                properties=frozenset(properties),
            )
    return None


async def _properties(documents: Documents, schema: Part, levels: int = 8) -> dict[str, Json]:
    """The fields that a schema names at its top, also where it is put together of several."""
    schema = await documents.follow(schema)
    if not is_object(schema.node) or not levels:
        return {}
    found: dict[str, Json] = {}
    several = schema.node.get("allOf")
    for each in _listed(several):
        found |= await _properties(documents, Part(each, schema.document), levels - 1)
    own = schema.node.get("properties")
    return found | (own if is_object(own) else {})


def _preferred(types: list[str]) -> str:
    """The type of content to send: JSON, else a form, else the first."""
    for kind in types:
        if media_type(kind).is_json:
            return kind
    return next((kind for kind in (_FORM, _MULTIPART) if kind in types), types[0])


def _is_file(node: Json) -> bool:
    return is_object(node) and (node.get("format") == "binary" or "contentMediaType" in node)
