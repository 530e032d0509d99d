"""`call: openapi`: bodies of operations, by name or field by field."""

import json
from typing import Any

import pytest

from .describing import Described, operation, parameter, three, two
from .serving import Reply, says

BODIES: Any = {"Pet": {"type": "object", "properties": {"name": {}, "tag": {}}}}


def with_body(content_type: str = "application/json", schema: Any = None, **more: Any) -> Any:
    """A document of OpenAPI 3 whose operation takes a body."""
    asked = {
        "content": {
            "text/html": {},
            content_type: {"schema": schema or {"$ref": "#/components/schemas/Pet"}},
        }
    }
    paths = {
        "/pets/{id}": {
            "parameters": [parameter("id", "path")],
            "post": operation(requestBody={**asked, **more}),
        }
    }
    return three(paths, components={"schemas": BODIES})


async def test_the_body_is_called_body(service: Described) -> None:
    """It has no name in OpenAPI 3."""
    service.document = with_body()

    heard = await service.hears("/pets/1", id=1, body={"name": "Milou", "more": True})

    assert json.loads(heard["body"]) == {"name": "Milou", "more": True}
    assert heard["headers"]["content-type"] == "application/json"


async def test_fields_of_the_body_may_be_given_one_by_one(service: Described) -> None:
    """All that the document places nowhere else."""
    service.document = with_body()

    heard = await service.hears("/pets/1", id=1, name="Milou", tag=None)

    assert json.loads(heard["body"]) == {"name": "Milou"}


async def test_a_body_may_have_a_field_of_that_name(service: Described) -> None:
    """Then it is the field."""
    service.document = with_body(
        schema={"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"body": {}}}]}
    )

    heard = await service.hears("/pets/1", id=1, body="brown")

    assert json.loads(heard["body"]) == {"body": "brown"}


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("application/vnd.pet+json", '{"name":"Milou"}'),
        ("application/x-www-form-urlencoded", "name=Milou"),
        ("*/*", '{"name":"Milou"}'),
    ],
)
async def test_a_body_is_written_as_the_document_says(
    service: Described, content_type: str, sent: str
) -> None:
    """JSON is preferred where there is a choice."""
    service.document = with_body(content_type)
    del service.document["paths"]["/pets/{id}"]["post"]["requestBody"]["content"]["text/html"]

    assert (await service.hears("/pets/1", id=1, name="Milou"))["body"] == sent


async def test_files_are_sent_in_parts(service: Described) -> None:
    """As base64 in the definition, as bytes on the way."""
    schema: Any = {
        "properties": {"note": {"type": "string"}, "photo": {"type": "string", "format": "binary"}}
    }
    service.document = with_body("multipart/form-data", schema)
    del service.document["paths"]["/pets/{id}"]["post"]["requestBody"]["content"]["text/html"]

    heard = await service.hears("/pets/1", id=1, note="hi", photo="iVBORw==")

    assert (
        'name="photo"; filename="photo"\r\nContent-Type: application/octet-stream' in heard["body"]
    )
    assert "\ufffdPNG\r\n" in heard["body"]
    assert 'name="note"\r\n\r\nhi\r\n' in heard["body"]


async def test_swagger_names_its_body(service: Described) -> None:
    """And a base path, a host and schemes."""
    pet = parameter("pet", "body", required=True, schema={"$ref": "#/definitions/Pet"})
    service.document = two(
        {"/pets": {"put": operation(parameters=[pet])}},
        basePath="/v2",
        definitions={"Pet": {"properties": {"name": {}}}},
    )

    for given in ({"pet": {"name": "Milou"}}, {"name": "Milou"}, {"body": {"name": "Milou"}}):
        heard = await service.hears("/v2/pets", **given)
        assert json.loads(heard["body"]) == {"name": "Milou"}
    assert "`it` needs a value for `pet`." in await service.fails("validation", 400)


async def test_swagger_has_forms(service: Described) -> None:
    """With files in parts, else encoded."""
    fields = [
        parameter("name", "formData", required=True, type="string"),
        parameter("age", "formData", type="integer"),
    ]
    photo = parameter("photo", "formData", type="file")
    service.document = two({"/pets": {"post": operation(parameters=fields)}})

    encoded = await service.hears("/pets", name="Milou", age=3)
    service.url = service.web.serve(
        "/docs/2",
        Reply(lambda _: says(two({"/pets": {"post": operation(parameters=[*fields, photo])}}))),
    )
    parts = await service.hears("/pets", name="Milou", photo="eA==")

    assert encoded["body"] == "name=Milou&age=3"
    assert encoded["headers"]["content-type"] == "application/x-www-form-urlencoded"
    assert parts["headers"]["content-type"].startswith("multipart/form-data; boundary=")
    assert "`name`" in await service.fails("validation", 400, age=3)


async def test_an_unsafe_operation_says_which_it_is(service: Described) -> None:
    """As calls over HTTP do."""
    service.document = with_body()

    assert "idempotency-key" in (await service.hears("/pets/1", id=1, name="x"))["headers"]


async def test_a_misspelt_parameter_is_named(service: Described) -> None:
    """With the one that was probably meant."""
    service.document = with_body()

    said = await service.fails("validation", 400, id=1, nmae="Milou")

    assert "`it` has no parameter `nmae`. Did you mean `name`?" in said
