"""A pet shop with two descriptions of itself: Swagger 2.0, and OpenAPI 3."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PETS: dict[int, dict[str, Any]] = {
    1: {"id": 1, "name": "Milou", "status": "available", "tags": ["white", "small"]},
    2: {"id": 2, "name": "Idefix", "status": "available", "tags": ["white"]},
    3: {"id": 3, "name": "Rantanplan", "status": "sold", "tags": ["brown"]},
}


def _missing() -> Response:
    return JSONResponse({"code": 1, "type": "error", "message": "Pet not found"}, 404)


async def _read(request: Request) -> Response:
    pet = PETS.get(request.path_params["pet"])
    return JSONResponse(pet) if pet else _missing()


async def _by_status(request: Request) -> Response:
    wanted = {
        status for each in request.query_params.getlist("status") for status in each.split(",")
    }
    return JSONResponse([pet for pet in PETS.values() if pet["status"] in wanted])


async def _by_tags(request: Request) -> Response:
    """Tells how the tags were written, for that is what is looked at."""
    return JSONResponse(
        {
            "tags": request.query_params.getlist("tags"),
            "limit": request.query_params.get("limit"),
            "trace": request.headers.get("x-trace"),
            "session": request.cookies.get("session"),
        }
    )


async def _by_name(_: Request) -> Response:
    return _missing()


async def _add(request: Request) -> Response:
    pet: dict[str, Any] = await request.json()
    return JSONResponse({"id": 10, **pet}, 201)


async def _rename(request: Request) -> Response:
    async with request.form() as form:
        return JSONResponse({"id": request.path_params["pet"], **dict(form)})


async def _remove(request: Request) -> Response:
    if request.headers.get("api_key") != "letmein":
        return JSONResponse({"message": "No key"}, 401)
    return Response(status_code=204)


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "type": "integer"}


SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Pets", "version": "1.0.0"},
    "host": "petstore.swagger.io",
    "basePath": "/v2",
    "schemes": ["https"],
    "paths": {
        "/pet/findByStatus": {
            "get": {
                "operationId": "findPetsByStatus",
                "parameters": [
                    {
                        "name": "status",
                        "in": "query",
                        "required": True,
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "multi",
                    }
                ],
                "responses": {"200": {"description": "Pets"}},
            }
        },
        "/pet/{petId}": {
            "get": {
                "operationId": "getPetById",
                "parameters": [_path("petId")],
                "responses": {"200": {"description": "A pet"}},
            },
            "post": {
                "operationId": "renamePet",
                "consumes": ["application/x-www-form-urlencoded"],
                "parameters": [
                    _path("petId"),
                    {"name": "name", "in": "formData", "type": "string"},
                ],
                "responses": {"200": {"description": "The pet"}},
            },
            "delete": {
                "operationId": "removePet",
                "parameters": [
                    _path("petId"),
                    {"name": "api_key", "in": "header", "type": "string"},
                ],
                "responses": {"204": {"description": "Gone"}},
            },
        },
        "/pet": {
            "post": {
                "operationId": "addPet",
                "consumes": ["application/json"],
                "parameters": [{"name": "pet", "in": "body", "schema": {"type": "object"}}],
                "responses": {"201": {"description": "The pet"}},
            }
        },
    },
}

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}

OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "3.0.0"},
    "servers": [
        {"url": "https://pets.example/{stage}", "variables": {"stage": {"default": "v3"}}},
        {"url": "https://gone.example"},
    ],
    "paths": {
        "/pets/{petId}": {
            "parameters": [{"$ref": "#/components/parameters/petId"}],
            "get": {"operationId": "readPet", "responses": {"200": {"description": "A pet"}}},
        },
        "/pets": {
            "get": {
                "operationId": "searchPets",
                "parameters": [
                    {
                        "name": "tags",
                        "in": "query",
                        "style": "form",
                        "explode": False,
                        "schema": _TEXTS,
                    },
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "x-trace", "in": "header", "schema": _TEXT},
                ],
                "responses": {"200": {"description": "What was asked for"}},
            },
            "post": {
                "operationId": "createPet",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
                "responses": {"201": {"description": "The pet"}},
            },
        },
    },
    "components": {
        "parameters": {
            "petId": {
                "name": "petId",
                "in": "path",
                "required": True,
                "schema": {"type": "integer"},
            }
        }
    },
}


async def _swagger(_: Request) -> Response:
    return JSONResponse(SWAGGER)


async def _openapi(_: Request) -> Response:
    return JSONResponse(OPENAPI)


PETSTORE = [
    Route("/v2/swagger.json", _swagger),
    Route("/v2/pet/findByStatus", _by_status),
    Route("/v2/pet/getPetByName/{name}", _by_name),
    Route("/v2/pet/{pet:int}", _read, methods=["GET"]),
    Route("/v2/pet/{pet:int}", _rename, methods=["POST"]),
    Route("/v2/pet/{pet:int}", _remove, methods=["DELETE"]),
    Route("/v2/pet", _add, methods=["POST"]),
    Route("/v3/openapi.json", _openapi),
    Route("/v3/pets", _by_tags, methods=["GET"]),
    Route("/v3/pets", _add, methods=["POST"]),
    Route("/v3/pets/{pet:int}", _read, methods=["GET"]),
]
