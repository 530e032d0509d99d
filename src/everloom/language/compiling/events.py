"""What is listened to, as code: filters, correlations, ends."""

from typing import Any

from everloom.language.expressions import Expression, Literal, parse_value
from everloom.language.models.events import EventFilter, EventsUntil, EventsWanted

from .literals import dictionary, literal, sequence, text_literal
from .module import Module
from .printing import Call, Code, Display, Text, keyword
from .values import Values


class EventWriter:
    """Writes what a `listen` waits for."""

    def __init__(self, module: Module, values: Values) -> None:
        self._module, self._values = module, values

    def events(self, wanted: EventsUntil) -> Code:
        """`Events(…)`."""
        found: list[Code] = []
        for name in ("all", "any"):
            filters = getattr(wanted, name)
            if filters is not None:
                items = [self._filter(each) for each in filters]
                found.append(keyword(name, Display("(", items, ")")))
        if wanted.one is not None:
            found.append(keyword("one", self._filter(wanted.one)))
        until = wanted.until if isinstance(wanted, EventsWanted) else None
        if isinstance(until, str):
            found.append(keyword("until", Text(self._values.expression(until))))
        elif until is not None:
            found.append(keyword("until", self.events(until)))
        return Call(self._module.use("Events"), found)

    def _filter(self, meant: EventFilter) -> Code:
        attributes = meant.with_.model_dump(by_alias=True, exclude_unset=True)
        correlate = [
            (name, self._correlation(each.from_, each.expect))
            for name, each in meant.correlate.items()
        ]
        items = [(str(name), self._expected(value)) for name, value in attributes.items()]
        if all(name.isidentifier() and name.isascii() for name, _ in items):
            first = [dictionary(correlate)] if correlate else []
            named = [keyword(name, value) for name, value in items]
            return Call(self._module.use("wanted"), [*first, *named])
        rest = [dictionary(correlate)] if correlate else []
        return Call(self._module.use("EventFilter"), [dictionary(items), *rest])

    def _correlation(self, from_: str, expect: str | None) -> Code:
        found: list[Code] = [keyword("from_", Text(self._values.expression(from_)))]
        if expect is not None:
            found.append(keyword("expect", self._expected(expect)))
        return Call(self._module.use("Correlation"), found)

    def _expected(self, value: Any) -> Code:
        if isinstance(value, str):
            read = parse_value(value)
            if isinstance(read, Literal):
                return literal(value)
            text = read.text if isinstance(read, Expression) else read.expression
            self._values.note(text)
            return Call(self._module.use("Jq"), [Text(text_literal(text))])
        if isinstance(value, dict):
            return dictionary([(str(key), self._expected(part)) for key, part in value.items()])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON
        if isinstance(value, list):
            return sequence([self._expected(part) for part in value])  # pyright: ignore[reportUnknownVariableType] - JSON
        return literal(value)
