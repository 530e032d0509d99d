"""Which cards, frames and links a definition is drawn with."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Protocol

from everloom.language.models.tasks import (
    DoTask,
    ForkTask,
    ForTask,
    ListenTask,
    RaiseTask,
    SwitchTask,
    Task,
    TaskList,
    TryTask,
    entries,
)
from everloom.language.models.workflow import WorkflowDefinition

from .labels import catch_lines, icon_of, lines_of, retry_line, schedule_line
from .shapes import Box, Card, Drawing, Flow, Frame, Link
from .spans import bare
from .texts import plain


class Described(Protocol):
    """What has a definition's model."""

    @property
    def model(self) -> WorkflowDefinition:
        """The definition."""
        ...


def read_drawing(definition: Described) -> Drawing:
    """What is drawn of a definition."""
    model = definition.model
    document = model.document
    name = f"{document.namespace}.{document.name}@{document.version}"
    title = plain(document.title or document.name)
    summary = (document.summary or "").strip().partition("\n")[0]
    woven = [each for item in model.use.extensions for each in item]
    lines = [plain(name), plain(summary)]
    if woven:
        lines.append(plain(f"woven in: {', '.join(woven)}"))
    flow = _Reader(schedule_line(model.schedule)).whole(model.do)
    return Drawing(title, tuple(line for line in lines if line), flow)


class _Reader:
    """Reads the flows of one definition; ids count up in the order of the text."""

    def __init__(self, schedule: str) -> None:
        self._numbers = count(1)
        self._schedule = schedule

    def whole(self, tasks: TaskList) -> Flow:
        start = Card("f0in", "start", "Start", (self._schedule,) if self._schedule else ())
        end = Card("f0out", "end", "End")
        return self._flow("f0", tasks, "/do", (start, end))

    def inner(self, tasks: TaskList, pointer: str) -> Flow:
        id = self._new("f")
        return self._flow(id, tasks, pointer, _ports(id))

    def _new(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"

    def _flow(self, id: str, tasks: TaskList, pointer: str, ends: tuple[Card, Card]) -> Flow:
        named = entries(tasks)
        boxes = self._boxes(tasks, pointer)
        way = _Way(named, boxes, ends, id)
        links = [Link(ends[0].id, boxes[0].id)]
        for index, (_, task) in enumerate(named):
            links += way.links(index, task)
        stop = (way.stop,) if way.stop is not None else ()
        return Flow(id, (ends[0], *boxes, *stop, ends[1]), tuple(links))

    def _boxes(self, tasks: TaskList, pointer: str) -> list[Box]:
        return [
            self._box(name, task, f"{pointer}/{index}/{_escaped(name)}")
            for index, (name, task) in enumerate(entries(tasks))
        ]

    def _box(self, name: str, task: Task, pointer: str) -> Box:
        id = self._new("t")
        title, lines = plain(name), lines_of(task)
        tooltip = "\n".join([f"{title} ({task.kind})", *lines, plain(pointer)])
        match task:
            case DoTask():
                flows = (self.inner(task.do, f"{pointer}/do"),)
            case ForTask():
                flows = (_again(self.inner(task.do, f"{pointer}/do"), "next"),)
            case ForkTask():
                flows = (self._branches(task.fork.branches, f"{pointer}/fork/branches"),)
            case ListenTask(foreach=each) if each is not None and each.do is not None:
                flows = (_again(self.inner(each.do, f"{pointer}/foreach/do"), "next event"),)
            case TryTask():
                return self._try(Frame(id, "try", title, (), lines, (), pointer, tooltip), task)
            case _:
                return Card(id, icon_of(task), title, lines, pointer, tooltip)
        return Frame(id, icon_of(task), title, flows, lines, (), pointer, tooltip)

    def _branches(self, branches: TaskList, pointer: str) -> Flow:
        id = self._new("f")
        begin, end = _ports(id)
        boxes = self._boxes(branches, pointer)
        links = [Link(begin.id, box.id) for box in boxes]
        links += [Link(box.id, end.id) for box in boxes if _goes_on(box)]
        return Flow(id, (begin, *boxes, end), tuple(links), "branches")

    def _try(self, frame: Frame, task: TryTask) -> Frame:
        body = self.inner(task.try_, f"{frame.pointer}/try")
        caught, pointer = task.catch, f"{frame.pointer}/catch"
        if caught.do is None:
            begin, end = _ports(self._new("f"))
            inner = Flow(begin.id.removesuffix("in"), (begin, end), (Link(begin.id, end.id),))
        else:
            inner = self.inner(caught.do, f"{pointer}/do")
        lines = catch_lines(caught)
        tooltip = "\n".join([f"catch, as ${plain(caught.as_)}", *lines, plain(pointer)])
        catch = replace(
            inner,
            kind="catch",
            title="catch",
            lines=lines,
            pointer=pointer,
            tooltip=tooltip,
            leads_on=caught.then is None and (caught.do is not None or caught.retry is None),
        )
        arrows = [Link(body.id, catch.id, "error", "on error")]
        if caught.retry is not None:
            said = retry_line(caught.retry)
            arrows.append(Link(catch.id, body.id, "retry", said, said))
        flows = (body, catch)
        return Frame(
            *(frame.id, "try", frame.title, flows, frame.lines, tuple(arrows)),
            pointer=frame.pointer,
            tooltip=frame.tooltip,
        )


class _Way:
    """Where the tasks of one list lead."""

    def __init__(
        self, named: list[tuple[str, Task]], boxes: list[Box], ends: tuple[Card, Card], flow: str
    ) -> None:
        self._boxes = boxes
        self._exit = ends[1]
        self._ids = {name: box.id for (name, _), box in zip(named, boxes, strict=True)}
        self._flow = flow
        self.stop: Card | None = None
        """Where `end` leads from inside another task."""

    def links(self, index: int, task: Task) -> Iterator[Link]:
        """The links that begin at a task."""
        box, following = self._boxes[index], self._after(index)
        turns = isinstance(task, SwitchTask | RaiseTask)
        if isinstance(task, SwitchTask):
            yield from self._cases(box.id, index, task)
        elif _goes_on(box):
            yield Link(box.id, self._target(task.then, index))
        if task.if_ is not None and (turns or self._target(task.then, index) != following):
            yield Link(box.id, following, "skip", "skipped")
        if isinstance(task, TryTask) and task.catch.then is not None:
            yield Link(box.id, self._target(task.catch.then, index), "error", "after an error")

    def _cases(self, source: str, index: int, task: SwitchTask) -> Iterator[Link]:
        cases = [entry for item in task.switch for entry in item.items()]
        for name, case in cases:
            label = plain(name if case.when is None else bare(case.when))
            target = self._target(case.then, index)
            yield Link(source, target, "case", label, f"{plain(name)}: {label}")
        if all(case.when is not None for _, case in cases):
            yield Link(source, self._target(task.then, index), "case", "otherwise")

    def _target(self, then: str, index: int) -> str:
        if then == "exit":
            return self._exit.id
        if then == "end":
            return self._end()
        return self._after(index) if then == "continue" else self._ids.get(then, self._after(index))

    def _end(self) -> str:
        if self._exit.kind == "end":
            return self._exit.id
        self.stop = self.stop or Card(f"{self._flow}end", "end", "End")
        return self.stop.id

    def _after(self, index: int) -> str:
        return (*self._boxes, self._exit)[index + 1].id


def _ports(flow: str) -> tuple[Card, Card]:
    return Card(f"{flow}in", "entry"), Card(f"{flow}out", "exit")


def _again(flow: Flow, label: str) -> Flow:
    """A flow that begins again at its end."""
    loop = Link(flow.exit, flow.entry, "loop", label)
    return Flow(flow.id, flow.boxes, (*flow.links, loop))


def _goes_on(box: Box) -> bool:
    return box.can_be_left if isinstance(box, Frame) else box.kind != "raise"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
