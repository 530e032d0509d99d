"""Are the expressions right, do they see what they mention, and do they keep secrets out of histories?"""

import re
from collections.abc import Iterable, Iterator

from everloom.core import nearest
from everloom.core.expressions import ExpressionSyntax, parse
from everloom.core.expressions.nodes import Constant, Index, Node, Path, Variable
from everloom.language.expressions import (
    Analysis,
    Expression,
    Literal,
    Template,
    Value,
    analyse,
    looks_like_expression,
    parse_bare,
    parse_value,
)
from everloom.language.expressions.names import FORBIDDEN_VARIABLES
from everloom.language.shell_commands import shell_command

from .literals import check_literal
from .naming import name_of, said_of, short
from .notes import Notes
from .places import STANDARD, Placed

_WHERE = {
    "context": "`$context` is there in tasks, and in `output.as` of the workflow.",
    "input": "`$input` is there once `input.from` has made it; before, `.` is the input.",
    "output": "`$output` is there in `export.as` only; in `output.as`, `.` is the output.",
    "secrets": "Use secrets in what is sent: `with` of http, openapi, grpc and mcp, `stdin`, "
    "`arguments` and `environment` of processes, and authentications.",
    "task": "`$task` is there in tasks only.",
}


def expressions_in(texts: Iterable[Placed]) -> Iterator[str]:
    """Every expression in some texts."""
    for each in texts:
        site = each.site
        value = parse_bare(site.text) if site.is_bare else parse_value(site.text)
        parts = value.parts if isinstance(value, Template) else (value,)
        yield from (part.text for part in parts if isinstance(part, Expression))


class ExpressionCheck:
    """Checks the texts of one definition that may hold expressions."""

    def __init__(self, notes: Notes, secrets: list[str]) -> None:
        self._notes = notes
        self._secrets = secrets

    def check(self, placed: Placed) -> None:
        """Check a text."""
        site = placed.site
        if site.is_bare:
            self._expression(parse_bare(site.text), placed)
            return
        value = parse_value(site.text)
        if not isinstance(value, Literal) and placed.is_fixed:
            self._not_fixed(placed)
        elif placed.is_command and not isinstance(value, Literal):
            self._command(value, placed)
        elif isinstance(value, Template):
            self._template(value, placed)
        elif isinstance(value, Expression):
            self._expression(value, placed)
        else:
            self._literal(placed)

    def _not_fixed(self, placed: Placed) -> None:
        site = placed.site
        self._notes.add(
            "value-not-fixed",
            site.steps,
            f"{name_of(site.steps)} cannot depend on a run: it has to be known before one begins.",
            "Write the value itself.",
        )

    def _literal(self, placed: Placed) -> None:
        site = placed.site
        if placed.is_fixed and site.meaning == "address" and "{" in site.text:
            self._not_fixed(placed)
        elif site.meaning:
            check_literal(site, self._notes)
        elif "${" in site.text:
            self._notes.add_inside(
                "expression-not-closed",
                site.steps,
                site.text.index("${"),
                f"{name_of(site.steps)} holds `${{` without `}}`, so it stays the text it is.",
                hint="Close the expression with `}`.",
            )
        elif looks_like_expression(site.text):
            self._notes.add(
                "literal-like-expression",
                site.steps,
                f"{name_of(site.steps)} is the text `{short(site.text)}`; it is not evaluated.",
                f"Write `${{ {short(site.text)} }}` to have it evaluated.",
            )

    def _template(self, value: Template, placed: Placed) -> None:
        site = placed.site
        self._notes.add(
            "expression-in-text",
            site.steps,
            f"{name_of(site.steps)} has an expression within a longer text, which other runtimes "
            "may not evaluate.",
            r"Make the whole text an expression: `${ \"Hello, \(.name)\" }`.".replace('\\"', '"'),
        )
        for part in value.parts:
            if isinstance(part, Expression):
                self._expression(part, placed)

    def _command(self, value: Value, placed: Placed) -> None:
        parts = value.parts if isinstance(value, Template) else [value]
        known = [part for part in parts if not isinstance(part, Literal)]
        for wrong in shell_command(known).misplaced:
            self._notes.add_inside(
                "shell-expression-misplaced",
                placed.site.steps,
                wrong.expression.offset,
                wrong.message,
                hint=wrong.hint,
            )
        for part in known:
            if isinstance(part, Expression):
                self._expression(part, placed)

    def _expression(self, expression: Expression, placed: Placed) -> None:
        steps = placed.site.steps
        analysis = analyse(expression.text)
        for each in analysis.problems:
            at = expression.offset + each.offset
            self._notes.add_inside(each.code, steps, at, each.message, hint=each.hint)
        self._variables(analysis, expression, placed)
        if analysis.mentions_secrets and placed.may_use_secrets:
            self._known_secrets(expression, placed)

    def _variables(self, analysis: Analysis, expression: Expression, placed: Placed) -> None:
        for name in sorted(analysis.variables):
            if name in placed.variables or name in FORBIDDEN_VARIABLES:
                continue  # the analysis has told of the latter
            if name == "secrets" and placed.may_use_secrets:
                continue
            code, message, hint = _refusal(name, placed)
            at = expression.offset + _offset_of(name, expression.text)
            self._notes.add_inside(code, placed.site.steps, at, message, hint=hint)

    def _known_secrets(self, expression: Expression, placed: Placed) -> None:
        for name, offset in secrets_in(expression.text):
            if name in self._secrets:
                continue
            close = nearest(name, self._secrets)
            self._notes.add_inside(
                "secret-unknown",
                placed.site.steps,
                expression.offset + offset,
                f"The secret `{short(name)}` is not listed under `use.secrets`.",
                hint=f"Did you mean `{close}`?" if close else "List it there.",
            )


def _refusal(name: str, placed: Placed) -> tuple[str, str, str]:
    """Code, message and remedy for a variable that cannot be used."""
    where = name_of(placed.site.steps)
    if name == "secrets":
        return (
            "secret-in-history",
            f"{where} cannot use `$secrets`: its value would be kept in the history.",
            _WHERE["secrets"],
        )
    if name == "authorization":
        return (
            "authorization-in-history",
            f"{where} cannot use `$authorization`: the token would be kept in the history.",
            "Leave authentication to `authentication`.",
        )
    if name in STANDARD:
        return "variable-not-here", f"{where} cannot use `${name}`.", _WHERE.get(name, "")
    close = nearest(name, placed.variables)
    known = said_of(f"${each}" for each in sorted(placed.variables))
    return (
        "variable-unknown",
        f"{where} mentions `${short(name)}`, which is not there.",
        f"Did you mean `${close}`?" if close else f"There are {known}." if known else "",
    )


def _offset_of(name: str, text: str) -> int:
    found = re.search(rf"\$\s*{re.escape(name)}\b", text)
    return found.start() if found else 0


def secrets_in(expression: str) -> Iterator[tuple[str, int]]:
    """The secrets that an expression names, and where."""
    try:
        tree = parse(expression)
    except ExpressionSyntax:
        return
    yield from _secrets_below(tree)


def _secrets_below(node: Node) -> Iterator[tuple[str, int]]:
    match node:
        case Path(
            base=Variable(name="secrets"), suffixes=(Index(key=Constant(value=str(name))), *_)
        ):
            yield name, node.offset
        case _:
            pass
    for child in node.children():
        yield from _secrets_below(child)
