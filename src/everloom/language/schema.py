"""The language as JSON Schema, for editors: what completes and underlines while somebody writes.

It knows the shape of a definition and not its meaning; `check_definition` has the last word.
"""

import re
from typing import Any

from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaValue,
    models_json_schema,
)
from pydantic_core import core_schema
from typing_extensions import override

from .models.options import METADATA_KEY, TaskOptions, WorkflowOptions
from .models.workflow import WorkflowDefinition

SCHEMA_ID = "urn:everloom:schema:workflow-definition:1.0"
_TEMPLATE = "#/$defs/{model}"
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class _Generator(GenerateJsonSchema):
    """Writes what a definition may hold, and not what a model may be made of."""

    @override
    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        # What may be left out may not be null: an empty key is a mistake.
        return self.generate_inner(schema["schema"])

    @override
    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        # A whole part as a default says no more than that it may be left out.
        if not isinstance(schema.get("default"), (str, int, float)):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def definition_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a definition, in the standard's spelling."""
    models = [WorkflowDefinition, TaskOptions, WorkflowOptions]
    _, whole = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=_TEMPLATE,
        schema_generator=_Generator,
    )
    parts: dict[str, Any] = whole["$defs"]
    for name, part in parts.items():
        _finish(name, part)
    root = parts.pop(WorkflowDefinition.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **root,
        "title": "Workflow definition",
        "$defs": dict(sorted(parts.items())),
    }


def _finish(name: str, part: dict[str, Any]) -> None:
    """Give a part a title that people read, and say what its `metadata` may tell Everloom."""
    words = _WORDS.sub(" ", name.removesuffix("What"))
    part["title"] = words[0] + words[1:].lower()
    properties: dict[str, Any] = part.get("properties", {})
    if "metadata" in properties:
        options = WorkflowOptions if name == "Document" else TaskOptions
        reference = _TEMPLATE.format(model=options.__name__)
        properties["metadata"]["properties"] = {METADATA_KEY: {"$ref": reference}}
