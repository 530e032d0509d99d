"""Values of a definition as code: literals stay literals, expressions are evaluated in a scope."""

import re
from typing import Any

from everloom.language.expressions import (
    Expression,
    Literal,
    Template,
    analyse,
    parse_bare,
    parse_value,
)
from everloom.language.models.data import Duration

from .literals import dictionary, duration_literal, literal, sequence, text_literal
from .module import Module
from .printing import Call, Code, Text, flat

_SHORT = 64
"""Columns of a function that may stand where it is used."""

_WHOLE = re.compile(
    r"\$(?:workflow|task)\b(?!\s*\.\s*(?:id|input|startedAt|name|reference|output)\b)"
)


def expression_text(text: str) -> str:
    """The expression in a field that holds nothing else."""
    return parse_bare(text).text


def asks_for_definition(text: str) -> bool:
    """Whether an expression may look at the definition itself."""
    return _WHOLE.search(text) is not None


class Values:
    """Writes values, and notes what they need."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self.asks_for_definition = False
        """Whether an expression so far looks at the definition itself."""

    def jq(self, expression: str) -> Code:
        """The value of an expression on `.` of the scope `here`."""
        self.note(expression)
        if expression == ".":
            return Text("here.data")
        return Call("here.jq", [Text(text_literal(expression))])

    def expression(self, text: str) -> str:
        """The literal of an expression that is evaluated where it is handed to."""
        inner = expression_text(text)
        self.note(inner)
        return text_literal(inner)

    def note(self, expression: str) -> None:
        """Note that an expression is there."""
        self.asks_for_definition |= asks_for_definition(expression)

    def value(self, value: Any) -> Code:
        """Any value, with expressions in it."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return dictionary([(str(key), self.value(part)) for key, part in value.items()])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON
        if isinstance(value, list):
            return sequence([self.value(part) for part in value])  # pyright: ignore[reportUnknownVariableType] - JSON
        return literal(value)

    def uri(self, text: str) -> Code:
        """A URI template. Only what the definition says is one, never what an expression gives."""
        read = parse_value(text)
        if isinstance(read, Literal):
            return _template(text)
        if isinstance(read, Template) and not _mentions_secrets(read.expression):
            if not any(isinstance(part, str) and "{" in part for part in read.parts):
                return self._text(text)
            parts = [
                self.jq(part.text) if isinstance(part, Expression) else _template(part)
                for part in read.parts
            ]
            return Call("here.text", parts)
        return self._text(text)

    def bare(self, value: str | dict[str, Any]) -> Code:
        """A transformation: an expression, or an object with expressions in it."""
        return self.jq(expression_text(value)) if isinstance(value, str) else self.value(value)

    def made(self, value: str | dict[str, Any], wanted: str, doc: str) -> Code:
        """A transformation, to be handed on: an expression, or a function that makes a value."""
        if isinstance(value, str):
            return Text(self.expression(value))
        code = self.value(value)
        if len(flat(code)) <= _SHORT:
            return Text(f"lambda here: {flat(code)}")
        return Text(self._module.function(wanted, doc, code))

    def duration(self, value: Duration) -> Code:
        """A duration in a scope."""
        if isinstance(value, str):
            read = parse_value(value)
            if not isinstance(read, Literal):
                text = read.text if isinstance(read, Expression) else read.expression
                self.note(text)
                return Call("here.duration", [Text(text_literal(text))])
        self._module.use("timedelta")
        return duration_literal(value)

    def limit(self, value: Duration) -> Code:
        """A duration, to be handed on: a constant, or a function of a scope."""
        code = self.duration(value)
        is_call = isinstance(code, Call) and code.called == "here.duration"
        return Text(f"lambda here: {flat(code)}") if is_call else code

    def _text(self, text: str) -> Code:
        read = parse_value(text)
        if isinstance(read, Literal):
            return literal(text)
        expression = read.text if isinstance(read, Expression) else read.expression
        if not _mentions_secrets(expression):
            return self.jq(expression)
        others = sorted(analyse(expression).variables - {"secrets"})
        self.note(expression)
        return Call("here.later", [Text(text_literal(each)) for each in (expression, *others)])


def _mentions_secrets(expression: str) -> bool:
    return "$secrets" in expression and "secrets" in analyse(expression).variables


def _template(text: str) -> Code:
    if "{" in text:
        return Call("here.uri", [Text(text_literal(text))])
    return literal(text)
