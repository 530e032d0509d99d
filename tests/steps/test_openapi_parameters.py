"""`call: openapi`: parameters of operations, each where the document says."""

from typing import Any

import pytest
from tests.servers.http_files import HttpFiles

from everloom.flow import Deferred
from everloom.settings import SecretSettings

from .describing import Described, operation, parameter, three, two
from .serving import MIRROR, caller


async def test_parameters_are_put_where_the_document_says(service: Described) -> None:
    """In path, query, header and cookie."""
    places = [
        parameter("petId", "path", required=True),
        parameter("status", "query"),
        parameter("X-Shop", "header"),
        parameter("session", "cookie"),
        parameter("unused", "query"),
    ]
    service.document = three({"/pets/{petId}": {"get": operation(parameters=places)}})

    heard = await service.hears(
        "/pets/a%2F1",
        **{"petId": "a/1", "status": "sold out", "X-Shop": "lumen", "session": "s 1"},
    )

    assert heard["path"] == "/pets/a%2F1"
    assert heard["query"] == [["status", "sold out"]]
    assert heard["headers"]["x-shop"] == "lumen"
    assert heard["headers"]["cookie"] == "session=s%201"


@pytest.mark.parametrize(
    ("style", "explode", "value", "path"),
    [
        (None, None, "a", "/p/a"),
        (None, None, ["a", "b c"], "/p/a,b%20c"),
        ("simple", False, {"x": 1, "y": 2}, "/p/x,1,y,2"),
        ("simple", True, {"x": 1, "y": 2}, "/p/x=1,y=2"),
        ("label", False, ["a", "b"], "/p/.a,b"),
        ("label", True, ["a", "b"], "/p/.a.b"),
        ("label", True, {"x": 1}, "/p/.x=1"),
        ("matrix", False, "a", "/p/;id=a"),
        ("matrix", False, ["a", "b"], "/p/;id=a,b"),
        ("matrix", True, ["a", "b"], "/p/;id=a;id=b"),
        ("matrix", True, {"x": 1, "y": 2}, "/p/;x=1;y=2"),
        ("matrix", False, {"x": 1, "y": 2}, "/p/;id=x,1,y,2"),
    ],
)
async def test_styles_of_a_path(
    service: Described, style: str | None, explode: Any, value: Any, path: str
) -> None:
    """As OpenAPI's own table has them."""
    styled = {
        name: each for name, each in (("style", style), ("explode", explode)) if each is not None
    }
    service.document = three(
        {"/p/{id}": {"get": operation(parameters=[parameter("id", "path", **styled)])}}
    )

    assert (await service.hears(path, id=value))["path"] == path


QUERIES: list[tuple[dict[str, Any], Any, str | None]] = [
    ({}, "a&b", "c=a%26b"),
    ({}, True, "c=true"),
    ({}, ["a", "b"], "c=a&c=b"),
    ({}, {"x": 1, "y": "z"}, "x=1&y=z"),
    ({"explode": False}, ["a", "b,c"], "c=a,b%2Cc"),
    ({"explode": False}, {"x": 1}, "c=x,1"),
    ({"style": "spaceDelimited"}, ["a", "b"], "c=a%20b"),
    ({"style": "pipeDelimited", "explode": False}, ["a", "b"], "c=a%7Cb"),
    ({"style": "deepObject", "explode": True}, {"x": 1, "y": [2]}, None),
    ({"style": "deepObject", "explode": True}, {"x": 1, "y": 2}, "c%5Bx%5D=1&c%5By%5D=2"),
    ({"allowReserved": True}, "a/b?c", "c=a/b?c"),
    (
        {"content": {"application/json": {}}},
        {"x": [1, {}]},
        "c=%7B%22x%22%3A%5B1%2C%7B%7D%5D%7D",
    ),
    ({"type": "array", "collectionFormat": "csv"}, ["a", "b"], "c=a,b"),
    ({"type": "array"}, ["a", "b"], "c=a,b"),
    ({"type": "array", "collectionFormat": "multi"}, ["a", "b"], "c=a&c=b"),
    ({"type": "array", "collectionFormat": "ssv"}, ["a", "b"], "c=a%20b"),
    ({"type": "array", "collectionFormat": "tsv"}, ["a", "b"], "c=a%09b"),
    ({"type": "array", "collectionFormat": "pipes"}, ["a", "b"], "c=a%7Cb"),
]


@pytest.mark.parametrize(("styled", "value", "query"), QUERIES)
async def test_styles_of_a_query(
    service: Described, web: HttpFiles, styled: dict[str, Any], value: Any, query: str | None
) -> None:
    """Those of 3.x, and those of 2.0."""
    asked = operation(parameters=[parameter("c", "query", **styled)])
    service.document = (two if "type" in styled else three)({"/p": {"get": asked}})

    if query is None:
        await service.fails("validation", 400, c=value)
    else:
        await service.hears("/p", c=value)
        assert web.requests[-1].path == f"/p?{query}"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="missing"),
        pytest.param({"id": None}, id="null"),
        pytest.param({"id": ""}, id="empty"),
        pytest.param({"id": ".."}, id="another path"),
        pytest.param({"id": [[1]]}, id="nested"),
        pytest.param({"id": 1, "statsu": "sold"}, id="misspelt"),
        pytest.param({"id": 1, "body": {}}, id="no body wanted"),
    ],
)
async def test_parameters_that_do_not_fit_are_refused(
    service: Described, given: dict[str, Any]
) -> None:
    """The operation is not called."""
    places = [parameter("id", "path"), parameter("status", "query")]
    service.document = three({"/p/{id}": {"get": operation(parameters=places)}})

    said = await service.fails("validation", 400, **given)

    assert said.startswith("Call not usable: ")
    assert len(service.web.requests) == 1


async def test_an_operation_may_want_to_know_who_asks(service: Described) -> None:
    """The call's own authentication; and keys that the document's security names."""
    service.document = three(
        {"/p": {"get": operation(security=[{"key": []}])}},
        components={
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
        },
    )
    service.web.serve("/p", MIRROR)

    heard = await service.call(
        **service.arguments({"X-Key": "k3y"}, authentication={"bearer": {"token": "t0ken"}})
    )

    assert heard["headers"]["authorization"] == "Bearer t0ken"
    assert heard["headers"]["x-key"] == "k3y"


async def test_secrets_go_into_parameters(service: Described, tmp_path: Any) -> None:
    """And stay covered."""
    file = tmp_path / "secrets.json"
    file.write_text('{"key": "k3y-0815"}', encoding="utf-8")
    places = [parameter("X-Key", "header"), parameter("q", "query")]
    service.document = three({"/p": {"get": operation(parameters=places)}})
    service.web.serve("/p", MIRROR)
    deferred = [
        Deferred(at="/parameters/X-Key", expression="$secrets.key | @base64"),
        Deferred(at="/parameters/q", expression="$secrets.key"),
    ]

    async with caller(secrets=SecretSettings(file=file)) as call:
        response = await call(
            **service.arguments({}, output="response", secrets=["key"], deferred=deferred)
        )

    assert response["content"]["query"] == [["q", "k3y-0815"]]
    assert response["request"]["headers"]["X-Key"] == "**********"
    assert response["request"]["uri"].endswith("/p?q=**********")
