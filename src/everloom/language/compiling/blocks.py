"""Control flow as Python: sequences, `if`, `while`, and `match` where tasks lead back and forth."""

from collections.abc import Sequence

from everloom.language.plan import (
    END,
    EXIT,
    Block,
    Branch,
    Break,
    Continue,
    Do,
    Finish,
    Leave,
    Loop,
    Machine,
    Node,
    Plan,
    Statement,
)
from everloom.language.plan.ways import Label

from .literals import text_literal
from .module import Module
from .printing import Call, Display, Text, laid

_STEP = "    "


class BlockWriter:
    """Writes the control flow of one list of tasks."""

    def __init__(
        self,
        module: Module,
        methods: Sequence[str],
        reference: str,
        *,
        leaves_by_exit: bool = False,
    ) -> None:
        """Prepare.

        Args:
            module: What is written to.
            methods: Names of the tasks' methods, in order of the tasks.
            reference: The list.
            leaves_by_exit: Whether the end of the list's way leaves out the task that it extends,
                rather than ending the workflow.
        """
        self._module, self._methods = module, methods
        self._reference, self._leaves_by_exit = reference, leaves_by_exit

    def lines(self, plan: Plan, start: str) -> list[str]:
        """The statements.

        Args:
            plan: The control flow.
            start: What holds the data at the beginning: `data`, or an expression that gives it.
        """
        if isinstance(plan, Machine):
            return [*_assigned(start), *self._machine(plan)]
        if start != "data" and plan and isinstance(plan[0], Do):
            return self._block(plan, 0, start)
        return [*_assigned(start), *self._block(plan, 0)]

    def _block(self, block: Block, depth: int, start: str = "data") -> list[str]:
        lines: list[str] = []
        for place, statement in enumerate(block):
            following = block[place + 1] if place + 1 < len(block) else None
            if isinstance(statement, Do):
                if _is_last(statement.node, following):
                    return [*lines, *self._call(statement.node, start, "return await ", depth)]
                told = isinstance(following, Branch)
                lines += self._do(statement.node, start, depth, told=told)
                start = "data"
            else:
                lines += self._statement(statement, depth)
        return lines

    def _statement(self, statement: Statement, depth: int) -> list[str]:
        match statement:
            case Branch():
                return self._branch(statement, depth)
            case Loop():
                return self._loop(statement, depth)
            case Leave():
                return ["return data"]
            case Finish():
                return [self._finish()]
            case Continue():
                return ["continue"]
            case _:
                return ["break"]

    def _finish(self) -> str:
        return f"raise {self._module.use('Exit' if self._leaves_by_exit else 'End')}(data)"

    def _call(self, node: Node, data: str, prefix: str, depth: int) -> list[str]:
        call = Call(f"self.{self._methods[node.place]}", [Text(data), Text("here")])
        return laid(call, prefix=prefix, deeper=depth)

    def _do(self, node: Node, data: str, depth: int, *, told: bool) -> list[str]:
        if not node.is_junction:
            return self._call(node, data, "data = await ", depth)
        return self._call(node, data, f"data, {'way' if told else '_'} = await ", depth)

    def _loop(self, loop: Loop, depth: int) -> list[str]:
        head = Text(text_literal(f"{self._reference}#{loop.head.name}"))
        call = Call(self._module.use("loop_head"), [Text("here"), head, Text("data")])
        first = laid(call, prefix="data = ", deeper=depth + 1)
        return ["while True:", *_indented(first), *_indented(self._block(loop.body, depth + 1))]

    def _branch(self, branch: Branch, depth: int) -> list[str]:
        """What ends something first, each with an `if` of its own; then the rest as a chain."""
        ending = [case for case in branch.cases if _ends(case[1])]
        going = [case for case in branch.cases if not _ends(case[1])]
        if not going:
            going = [ending.pop()]
        lines: list[str] = []
        for labels, block in ending:
            lines += self._case("if", labels, self._block(block, depth + 1), depth)
        written = [case for case in going if case[1]]
        if len(going) == 1 and len(written) == 1:
            return [*lines, *self._block(written[0][1], depth)]
        for number, (labels, block) in enumerate(written):
            inner = self._block(block, depth + 1)
            if number and len(written) == len(going) and number == len(written) - 1:
                lines += ["else:", *_indented(inner)]
            else:
                lines += self._case("elif" if number else "if", labels, inner, depth)
        return lines

    def _case(
        self, word: str, labels: Sequence[Label], inner: Sequence[str], depth: int
    ) -> list[str]:
        return [*_condition(word, labels, depth), *_indented(inner)]

    def _machine(self, machine: Machine) -> list[str]:
        first = machine.targets[0].name
        names = [Text(text_literal(each)) for each in (self._reference, first)]
        made = laid(Call(self._module.use("Jumps"), [Text("here"), *names]), prefix="jumps = ")
        lines = [*made, "while jumps.at:", f"{_STEP}data = jumps.head(data)"]
        lines.append(f"{_STEP}match jumps.at:")
        for node in machine.nodes:
            case = [f"case {text_literal(node.name)}:", *_indented(self._step(node, machine))]
            lines += _indented(_indented(case))
        return [*lines, f"{_STEP * 2}case _:", f"{_STEP * 3}break", "return data"]

    def _step(self, node: Node, machine: Machine) -> list[str]:
        """A task of a state machine, and where it goes from there: what ends something first."""
        leaves = all(way.target == EXIT for way in node.ways)
        if not node.ways or (leaves and not node.is_junction):
            return self._call(node, "data", "return await ", 3)
        lines = self._do(node, "data", 3, told=len(node.targets) > 1)
        ways: dict[int, list[Label]] = {}
        for way in node.ways:
            ways.setdefault(way.target, []).append(way.label)
        ends = [(target, labels) for target, labels in ways.items() if target < 0]
        jumps = [(target, labels) for target, labels in ways.items() if target >= 0]
        if not jumps:
            jumps = [ends.pop()]
        for target, labels in ends:
            lines += self._case("if", labels, self._jump(target, machine), 3)
        for number, (target, labels) in enumerate(jumps):
            jump = self._jump(target, machine)
            if number == len(jumps) - 1:
                lines += ["else:", *_indented(jump)] if number else jump
            else:
                lines += self._case("elif" if number else "if", labels, jump, 3)
        return lines

    def _jump(self, target: int, machine: Machine) -> list[str]:
        if target == EXIT:
            return ["return data"]
        if target == END:
            return [self._finish()]
        name = Text(text_literal(machine.targets[target].name))
        return laid(Call("jumps.to", [name]), deeper=4)


def _assigned(start: str) -> list[str]:
    return [] if start == "data" else [f"data = {start}"]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"{_STEP}{line}" for line in lines]


def _is_last(node: Node, following: Statement | None) -> bool:
    return not node.ways or (isinstance(following, Leave) and not node.is_junction)


def _condition(word: str, labels: Sequence[Label], depth: int) -> list[str]:
    values = [Text("None" if label is None else text_literal(label)) for label in labels]
    if len(values) > 1:
        display = Display("{", values, "}")
        return laid(display, prefix=f"{word} way in ", suffix=":", deeper=depth)
    equal = "is" if labels[0] is None else "=="
    return [f"{word} way {equal} {values[0].text}:"]


def _ends(block: Block) -> bool:
    """Whether nothing that stands behind the block is reached from it."""
    if not block:
        return False
    match block[-1]:
        case Leave() | Finish() | Continue() | Break():
            return True
        case Do(node):
            return not node.ways
        case Branch(cases):
            return all(_ends(inner) for _, inner in cases)
        case Loop(_, body):
            return not _breaks(body)


def _breaks(block: Block) -> bool:
    for statement in block:
        if isinstance(statement, Break):
            return True
        if isinstance(statement, Branch) and any(_breaks(inner) for _, inner in statement.cases):
            return True
    return False
