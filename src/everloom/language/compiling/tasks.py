"""Tasks as methods: one method a task, and one for each list of tasks that needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from everloom.language.models.tasks import SwitchTask, TryTask, entries
from everloom.language.plan import Leave, Node, Plan, plan_list, read_ways

from .blocks import BlockWriter
from .bodies import BodyWriter
from .docstrings import docstring
from .extending import Extending
from .listed import Body, Listed
from .literals import text_literal
from .module import Method
from .naming import snake
from .printing import Call, Code, Display, Text, keyword, lay_out
from .workshop import Workshop


class TaskWriter:
    """Writes the methods of a definition's tasks, depth first."""

    def __init__(self, workshop: Workshop, extending: Extending) -> None:
        self._shop, self._extending = workshop, extending
        self._bodies = BodyWriter(workshop, self)

    def list_method(self, name: str, listed: Listed, doc: str) -> list[Method]:
        """A method that does a list of tasks, and those of its tasks."""
        listed = self._named(listed)
        lines = self._statements(listed, "data")
        head = f"async def {name}(self, data: Json, here: Scope) -> Json:"
        method = Method(name, [head, *docstring(doc, 4), *_indented(lines)], listed.reference)
        return [method, *self._methods(listed)]

    def inline(self, listed: Listed, start: str) -> Body:
        """The statements of a list, for the body of a method."""
        listed = self._named(listed)
        return Body(self._statements(listed, start), self._methods(listed))

    def one_call(self, listed: Listed, wanted: str, doc: str) -> tuple[str, list[Method]]:
        """A method that does a list once, and what belongs to it: of one task, that is its own."""
        plan = plan_list(listed.meant)
        if _is_single(plan) and not read_ways(listed.meant)[0].is_junction:
            listed = self._named(listed)
            return listed.methods[0], self._methods(listed)
        name = self._shop.module.names.take(wanted)
        return name, self.list_method(name, listed, doc)

    def function(self, listed: Listed, method: str) -> list[Method]:
        """The methods of a function: a task that stands in no list."""
        node = read_ways(listed.tasks)[0]
        return self._task(node, listed.raw[0][node.name], method, listed.reference)

    def _named(self, listed: Listed) -> Listed:
        take = self._shop.module.names.take
        names = tuple(take(snake(name)) for name, _ in entries(listed.tasks))
        return replace(listed, methods=names)

    def _statements(self, listed: Listed, start: str) -> list[str]:
        writer = BlockWriter(
            self._shop.module,
            listed.methods,
            listed.reference,
            leaves_by_exit=listed.is_before,
        )
        return writer.lines(plan_list(listed.meant), start)

    def _methods(self, listed: Listed) -> list[Method]:
        written: list[Method] = []
        for node in read_ways(listed.meant):
            reference = listed.reference_of(node.place, node.name)
            raw = listed.raw[node.place][node.name]
            written += self._task(node, raw, listed.methods[node.place], reference)
        return written

    def _task(
        self, node: Node, raw: Mapping[str, Any], method: str, reference: str
    ) -> list[Method]:
        body = self._bodies.body(node, raw, reference, method)
        lines = [
            *self._decorator(node, reference),
            f"async def {method}(self, here: Scope) -> {_result(node)}:",
            *docstring(self._bodies.summary(node), 4),
            *_indented(body.lines),
        ]
        return [Method(method, lines, reference), *body.methods]

    def _decorator(self, node: Node, reference: str) -> list[str]:
        arguments: list[Code] = [Text(text_literal(reference))]
        arguments += self._shop.options.around(node.task, node.name)
        extensions = self._extending.around(node.task, reference)
        if extensions:
            items = [Text(name) for name in extensions]
            arguments.append(keyword("extensions", Display("(", items, ")")))
        name = self._shop.module.use(_decorator(node))
        return lay_out(Call(f"@{name}", arguments), 0, margin=4)


def _decorator(node: Node) -> str:
    if not node.is_junction:
        return "task"
    return "junction" if _tells_itself(node) else "conditional"


def _result(node: Node) -> str:
    return "tuple[Json, str]" if _decorator(node) == "junction" else "Json"


def _tells_itself(node: Node) -> bool:
    """Whether the body of a junction knows the way, rather than its `if`."""
    task = node.task
    return isinstance(task, SwitchTask) or (
        isinstance(task, TryTask) and task.catch.then is not None
    )


def _is_single(plan: Plan) -> bool:
    return isinstance(plan, tuple) and len(plan) == 2 and isinstance(plan[1], Leave)


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" if line else line for line in lines]
