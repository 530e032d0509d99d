"""Queries and updates of a definition, from `metadata.everloom`, as methods."""

from everloom.language.models.options import EventOfUpdate, UpdateOptions, WorkflowOptions

from .docstrings import docstring
from .literals import dictionary, text_literal
from .module import Method
from .naming import snake, upper
from .printing import Call, Code, Text, flat, keyword, lay_out
from .workshop import Workshop

BODY = 8
"""Columns before the statements of a method."""


class MessageWriter:
    """Writes what a run can be asked, and told."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def methods(self, options: WorkflowOptions) -> list[Method]:
        """All of them, in order."""
        found = [self._query(name, text) for name, text in options.queries.items()]
        for name, update in options.updates.items():
            found += self._update(name, update)
        return found

    def _query(self, name: str, expression: str) -> Method:
        method = self._shop.module.names.take(f"query_{snake(name)}")
        code = Call("self.view", [Text(self._shop.values.expression(expression))])
        lines = [
            f"@workflow.query(name={text_literal(name)})",
            f"def {method}(self) -> Json:",
            *docstring(f"Answer the query {name}.", 4),
            *lay_out(code, 4, prefix="return ", margin=BODY - 4),
        ]
        return Method(method, lines)

    def _update(self, name: str, update: UpdateOptions) -> list[Method]:
        shop = self._shop
        method = shop.module.names.take(f"update_{snake(name)}")
        arguments: list[Code] = [Text("payload")]
        if update.emit is not None:
            arguments.append(keyword("event", self._event(name, update.emit)))
        arguments += shop.options.data_flow("export", update.export, f"update_{name}")
        arguments += shop.options.data_flow("output", update.output, f"update_{name}")
        lines = [
            f"@workflow.update(name={text_literal(name)})",
            f"async def {method}(self, payload: Json) -> Json:",
            *docstring(f"Do the update {name}, and answer it.", 4),
            *lay_out(Call("self.update", arguments), 4, prefix="return await ", margin=BODY - 4),
        ]
        found = [Method(method, lines)]
        if update.schema_ is not None:
            schema = shop.options.schema(update.schema_, f"UPDATE_{upper(name)}")
            check = shop.module.names.take(f"check_{snake(name)}")
            lines = [
                f"@{method}.validator",
                f"def {check}(self, payload: Json) -> None:",
                *docstring(f"Refuse what does not fit the update {name}.", 4),
                *lay_out(Call("self.accept", [schema, Text("payload")]), 4, margin=BODY - 4),
            ]
            found.append(Method(check, lines))
        return found

    def _event(self, name: str, event: EventOfUpdate) -> Code:
        shop = self._shop
        definition = shop.definition
        source = event.source or f"/{definition.namespace}/{definition.name}"
        given = {"type": event.type, "source": source}
        items = [(key, shop.values.value(value)) for key, value in given.items()]
        has_data = "data" in event.model_fields_set
        data = shop.values.value(event.data) if has_data else Text("here.data")
        code = dictionary([*items, ("data", data)])
        doc = f"Make the event of the update {name}."
        made = f"lambda here: {flat(code)}"
        if len(made) <= 60:
            return Text(made)
        return Text(shop.module.function(f"{snake(name)}_event", doc, code))
