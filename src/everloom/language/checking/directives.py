"""Where do tasks lead? Targets of `then`, names in lists, tasks that nothing leads to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from everloom.core import Steps, nearest, pointer
from everloom.language.models.tasks import RaiseTask, SwitchTask, Task, TryTask

from .naming import said_of, short
from .notes import Notes
from .walking import ListAt, TaskAt

DIRECTIVES = ("continue", "exit", "end")


@dataclass(frozen=True)
class Target:
    """Where a task may lead."""

    name: str
    steps: Steps


def check_directives(lists: list[ListAt], notes: Notes) -> None:
    """Check where every task leads."""
    elsewhere: dict[str, str] = {}
    for each in lists:
        for at in each.tasks:
            elsewhere.setdefault(at.name, pointer(at.steps))
    for each in lists:
        targets = [target for at in each.tasks for target in targets_of(at)]
        _check_names(each, targets, notes)
        for target in targets:
            _check_target(target, each, elsewhere, notes)
        if all(target.name in each.names or target.name in DIRECTIVES for target in targets):
            _check_reached(each, notes)
        for at in each.tasks:
            if isinstance(at.task, SwitchTask):
                _check_defaults(at.task, at.steps, notes)


def targets_of(at: TaskAt) -> Iterator[Target]:
    """Everywhere a task may lead, as its definition says."""
    task = at.task
    yield Target(task.then, (*at.steps, "then"))
    if isinstance(task, SwitchTask):
        for index, item in enumerate(task.switch):
            for name, case in item.items():
                yield Target(case.then, (*at.steps, "switch", index, name, "then"))
    if isinstance(task, TryTask) and task.catch.then is not None:
        yield Target(task.catch.then, (*at.steps, "catch", "then"))


def _check_names(each: ListAt, targets: list[Target], notes: Notes) -> None:
    wanted = {target.name for target in targets}
    seen: dict[str, TaskAt] = {}
    for at in each.tasks:
        if at.name in DIRECTIVES:
            notes.add(
                "task-named-as-directive",
                at.steps,
                f"Task `{at.name}` cannot be led to: `then: {at.name}` means something else.",
                "Give it another name.",
                at_key=True,
            )
        if at.name in seen:
            _note_twice(at, seen[at.name], is_target=at.name in wanted, notes=notes)
        seen.setdefault(at.name, at)


def _note_twice(at: TaskAt, first: TaskAt, *, is_target: bool, notes: Notes) -> None:
    said = f"Another task of this list is called `{short(at.name)}`, at `{pointer(first.steps)}`"
    if is_target:
        notes.add(
            "target-ambiguous",
            at.steps,
            f"{said}; `then: {short(at.name)}` could mean either.",
            "Give one of the two another name.",
            at_key=True,
        )
        return
    notes.add(
        "task-name-twice", at.steps, f"{said}.", "Give one of the two another name.", at_key=True
    )


def _check_target(target: Target, each: ListAt, elsewhere: Mapping[str, str], notes: Notes) -> None:
    if target.name in DIRECTIVES:
        return
    if each.owner == "branches":
        notes.add(
            "target-in-branches",
            target.steps,
            f"A branch cannot lead to `{short(target.name)}`: branches run side by side.",
            "Lead on from the task that holds them, or put the branch's tasks into a `do`.",
        )
    elif each.owner == "function" or target.name not in each.names:
        message = f"There is no task `{short(target.name)}` in this list"
        other = elsewhere.get(target.name)
        if other:
            message += f"; the one at `{other}` is out of reach, since `then` stays in its list"
        notes.add("target-unknown", target.steps, f"{message}.", _target_hint(target, each))


def _target_hint(target: Target, each: ListAt) -> str:
    if each.owner == "function":
        return "A function may lead to `continue`, `exit` and `end` only."
    close = nearest(target.name, [*each.names, *DIRECTIVES])
    return f"Did you mean `{close}`?" if close else f"The list has {said_of([*each.names][:20])}."


def _check_defaults(task: SwitchTask, steps: Steps, notes: Notes) -> None:
    defaults = [
        (index, name)
        for index, item in enumerate(task.switch)
        for name, case in item.items()
        if case.when is None
    ]
    for index, name in defaults[1:]:
        notes.add(
            "default-twice",
            (*steps, "switch", index, name),
            f"Case `{short(name)}` has no `when`, and neither has `{short(defaults[0][1])}`: a "
            "switch has one default.",
            "Give it a `when`, or take it away.",
            at_key=True,
        )


def _check_reached(each: ListAt, notes: Notes) -> None:
    if each.owner in {"branches", "function"}:
        return
    reached = _reached(each)
    for number, at in enumerate(each.tasks):
        if number not in reached and (number == 0 or number - 1 in reached):
            notes.add(
                "task-unreachable",
                at.steps,
                f"Nothing leads to task `{short(at.name)}`.",
                "Lead to it with `then`, or take it away.",
                at_key=True,
            )


def _reached(each: ListAt) -> set[int]:
    numbers = {at.name: number for number, at in reversed(list(enumerate(each.tasks)))}
    reached: set[int] = set()
    left = [0]
    while left:
        number = left.pop()
        if number in reached or number >= len(each.tasks):
            continue
        reached.add(number)
        for name in _leads(each.tasks[number].task):
            if name == "continue":
                left.append(number + 1)
            elif name in numbers:
                left.append(numbers[name])
    return reached


def _leads(task: Task) -> Iterator[str]:
    """What a task may lead to in its own list."""
    if task.if_ is not None:
        yield "continue"
    match task:
        case RaiseTask():
            return
        case SwitchTask():
            cases = [case for item in task.switch for case in item.values()]
            yield from (case.then for case in cases)
            if all(case.when is not None for case in cases):
                yield task.then
        case TryTask() if task.catch.then is not None:
            yield task.catch.then
            yield task.then
        case _:
            yield task.then
