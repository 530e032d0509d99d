"""`call: openapi`: what documents say, and what becomes of those that say it badly."""

from typing import Any

import pytest
from tests.servers.http_files import Asked, HttpFiles, InTurn, Status

from everloom.flow import OPENAPI
from everloom.settings import HttpSettings

from .describing import Described, operation, parameter, three, two
from .serving import MIRROR, Reply, caller, says


async def test_an_unknown_operation_is_named(service: Described) -> None:
    """With the one that was probably meant."""
    paths: Any = {
        "/p": {"get": operation(operationId="findPetsByStatus"), "post": {"responses": {}}}
    }
    service.document = three(paths)

    said = await service.call.fails(
        "configuration", 400, **service.arguments({}, operationId="findPetByStatus")
    )

    assert said == (
        "Operation not found: The document has no operation `findPetByStatus`."
        " Did you mean `findPetsByStatus`?"
    )


@pytest.mark.parametrize(
    ("servers", "path"),
    [
        (None, "/p"),
        ([], "/p"),
        ([{"url": "/v1"}], "/v1/p"),
        ([{"url": "v1/"}], "/docs/v1/p"),
        ([{"url": "../v1"}], "/v1/p"),
        ([{"url": "wss://127.0.0.1/"}, {"url": "/v2"}], "/v2/p"),
        ([{"url": "/{stage}/v1", "variables": {"stage": {"default": "test"}}}], "/test/v1/p"),
    ],
)
async def test_a_server_is_chosen(service: Described, servers: Any, path: str) -> None:
    """The first that HTTP can call, as seen from the document, with the defaults of its variables."""
    changes = {} if servers is None else {"servers": servers}
    service.document = three({"/p": {"get": operation()}}, **changes)

    assert (await service.hears(path))["path"] == path


async def test_the_nearest_server_counts(service: Described) -> None:
    """Operation before path before document."""
    service.document = three(
        {
            "/p": {
                "servers": [{"url": "/path"}],
                "get": operation(servers=[{"url": "/operation"}]),
                "put": operation(operationId="other"),
            }
        },
        servers=[{"url": "/document"}],
    )

    assert (await service.hears("/operation/p"))["path"] == "/operation/p"
    service.web.serve("/path/p", MIRROR)
    heard = await service.call(**service.arguments({}, operationId="other"))
    assert heard["path"] == "/path/p"


async def test_references_lead_into_other_documents(service: Described) -> None:
    """Paths, parameters and schemas may stand elsewhere."""
    shared = {
        "item": {
            "get": operation(parameters=[{"$ref": "#/parameters/id"}, {"$ref": "more.yaml#/a~1b"}])
        },
        "parameters": {"id": parameter("id", "path")},
    }
    service.web.serve("/docs/shared.json", says(shared))
    service.web.serve("/docs/more.yaml", Status(200, b"a/b: {name: on, in: query}"))
    service.document = three({"/p/{id}": {"$ref": "shared.json#/item"}}, servers=[{"url": "/v1"}])

    heard = await service.hears("/v1/p/7", id=7, on="yes")

    assert (heard["path"], heard["query"]) == ("/v1/p/7", [["on", "yes"]])


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"openapi": "4.0.0", "paths": {}}, "neither Swagger 2.0 nor OpenAPI 3"),
        ({"asyncapi": "3.0.0"}, "neither Swagger 2.0 nor OpenAPI 3"),
        ([1], "neither JSON nor YAML"),
        (three({"/p": {"$ref": "#/paths/~1p"}}), "in circles"),
        (three({"/p": {"$ref": "#/nowhere"}}), "leads nowhere"),
        (three({"/{x}": {"get": operation()}}), "a part that is no parameter"),
        (three({".evil.example/": {"get": operation()}}), "is no path"),
        (three({"/p": {"get": operation()}}, servers=[{"url": "/{x}"}]), "has no default"),
        (
            three({"/p": {"get": operation()}}, servers=[{"url": "ftp://x"}]),
            "None of its `servers`",
        ),
        (two({"/p": {"get": operation()}}, schemes=["ws"]), "None of its `schemes`"),
    ],
)
async def test_a_document_that_cannot_be_used_is_said_so(
    service: Described, document: Any, said: str
) -> None:
    """It is a matter of configuration."""
    service.document = document

    assert said in await service.fails("configuration", 400)


async def test_a_document_may_be_yaml(service: Described, web: HttpFiles) -> None:
    """Of version 1.2: `on` is a text there."""
    text = """
    openapi: 3.1.0
    paths:
      /p:
        get: {operationId: it, parameters: [{name: on, in: query}], responses: {200: {description: ok}}}
    """
    service.url = web.serve("/docs/openapi.yaml", Status(200, text.encode()))

    assert (await service.hears("/p", on="no"))["query"] == [["on", "no"]]


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 300_000,
        b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c {<<: {x: *b}, <<: {y: *b}}\nopenapi: 2",
        b"!!python/object/apply:os.system [id]",
        b"\xff\xfe\x00",
        b"a: b: c",
    ],
)
async def test_a_document_cannot_hurt(service: Described, web: HttpFiles, text: bytes) -> None:
    """Neither the worker's memory nor its process."""
    service.url = web.serve("/docs/openapi.yaml", Status(200, text))

    await service.fails("configuration", 400)


async def test_a_document_is_read_once(service: Described, web: HttpFiles) -> None:
    """By a worker, for all calls."""
    service.document = three({"/p": {"get": operation()}})

    for _ in range(3):
        await service.hears("/p")

    assert [each.path for each in web.requests].count("/docs/openapi.json") == 1


@pytest.mark.parametrize("told", ["no-cache", "max-age=0", "private, max-age=0"])
async def test_a_document_that_is_old_is_asked_for_again(
    service: Described, web: HttpFiles, told: str
) -> None:
    """It may have stayed as it was, and it serves on while its server is ill."""
    document = three({"/p": {"get": operation()}})
    fresh = says(document, headers={"Cache-Control": told, "ETag": '"1"'})
    same = Status(304, headers={"Cache-Control": told})
    web.serve("/docs/openapi.json", InTurn([fresh, same, Status(503)]))

    heard = [(await service.hears("/p"))["path"] for _ in range(3)]
    asked = [each for each in web.requests if each.path == "/docs/openapi.json"]

    assert heard == ["/p"] * 3
    assert [each.headers.get("if-none-match") for each in asked] == [None, '"1"', '"1"']


async def test_a_document_that_is_not_there_is_a_fault(service: Described, web: HttpFiles) -> None:
    """With the status of its server."""
    service.url = web.url("/docs/nowhere")

    said = await service.fails("communication", 404)

    assert said.startswith("OpenAPI document not available: ")


async def test_parts_of_a_document_are_asked_for_alike(service: Described, web: HttpFiles) -> None:
    """Those of its own origin; who asks is not told to another."""

    def guarded(answer: Any) -> Reply:
        return Reply(
            lambda asked: (
                says(answer)
                if asked.headers.get("authorization") == "Bearer t0ken"
                else Status(401)
            )
        )

    item = {"get": operation()}
    web.serve("/docs/item.json", guarded({"item": item}))
    url = web.serve("/docs/guarded", guarded(three({"/p": {"$ref": "item.json#/item"}})))
    web.serve("/p", MIRROR)
    who = {"uri": url, "authentication": {"bearer": {"token": "t0ken"}}}

    assert await service.call(**service.arguments({}, document={"endpoint": who}))

    elsewhere = web.address.replace("127.0.0.1", "localhost")
    far = three({"/p": {"$ref": f"{elsewhere}/docs/item.json#/item"}})
    who["uri"] = web.serve("/docs/far", guarded(far))
    wrong = service.arguments({}, document={"endpoint": who})
    await service.call.fails("communication", 401, **wrong)


async def test_a_document_may_want_to_know_who_asks(service: Described, web: HttpFiles) -> None:
    """And who does not say is not shown it by the memory of the worker."""

    def guarded(asked: Asked) -> Status:
        known = asked.headers.get("authorization") == "Bearer t0ken"
        return says(service.document) if known else Status(401)

    service.document = three({"/p": {"get": operation()}})
    web.serve("/p", MIRROR)
    url = web.serve("/docs/guarded", Reply(guarded))
    who = {"uri": url, "authentication": {"bearer": {"token": "t0ken"}}}

    heard = await service.call(**service.arguments({}, document={"endpoint": who}))

    assert "authorization" not in heard["headers"]
    unknown = service.arguments({}, document={"endpoint": url})
    await service.call.fails("communication", 401, **unknown)


async def test_rewriting_holds_for_documents_and_their_servers(web: HttpFiles) -> None:
    """A whole service in one place of a test."""
    document = two(
        {"/p": {"get": operation()}},
        host="petstore.example",
        basePath="/v2",
        schemes=["https", "http"],
    )
    web.serve("/v2/swagger.json", says(document))
    web.serve("/v2/p", MIRROR)
    settings = HttpSettings.model_validate({"rewrite": {"https://petstore.example": web.address}})

    async with caller(settings) as call:
        response = await call(
            step=OPENAPI,
            document={"endpoint": "https://petstore.example/v2/swagger.json"},
            operationId="it",
            output="response",
        )

    assert response["request"]["uri"] == "https://petstore.example/v2/p"


async def test_addresses_of_documents_and_servers_are_checked(web: HttpFiles) -> None:
    """A document is one more way to reach something private."""
    document = three({"/p": {"get": operation()}}, servers=[{"url": "http://169.254.169.254/"}])
    web.serve("/openapi.json", says(document))
    settings = HttpSettings.model_validate({"rewrite": {"https://shop.example": web.address}})
    arguments = {"step": OPENAPI, "operationId": "it"}

    async with caller(settings) as call:
        for url in ("https://shop.example/openapi.json", "http://127.0.0.1:1/"):
            await call.fails("authorization", 403, document={"endpoint": url}, **arguments)
