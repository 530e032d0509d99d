"""Loops of a workflow: over items, and back to an earlier task.

At the head of each turn a run whose history has grown long continues as new, and comes back to this
very turn.
"""

from collections.abc import Iterator
from functools import partial

from .faults import Json, standard_fault
from .scope import Scope


class Passes:
    """A `for`: one pass for each item, each with the output of the one before as its data.

    ```python
    passes = Passes(here, here.jq(".pets"), each="pet", at="index")
    for turn in passes:
        passes.data = await self.check_up(passes.data, turn)
    return passes.data
    ```
    """

    def __init__(
        self,
        here: Scope,
        items: Json,
        *,
        each: str = "item",
        at: str = "index",
        while_: str | None = None,
    ) -> None:
        """Prepare.

        Args:
            here: Scope of the task.
            items: What is gone over.
            each: Name of the variable for the item.
            at: Name of the variable for its place, from 0.
            while_: Condition that is looked at before each pass.

        Raises:
            Fault: What is gone over is no list, of type `expression`.
        """
        assert here.task is not None  # noqa: S101 - only tasks loop
        self.data = here.data
        """Data of the pass under way, then what comes out of it."""
        self._reference = here.task.reference
        self._here, self._each, self._at, self._while = here, each, at, while_
        self._index = 0
        kept = here.run.take("for", self._reference)
        if kept is not None:
            self._index, self.data, items = kept[2], kept[3], kept[4]
        if not isinstance(items, list):
            raise standard_fault(
                "expression",
                title="Not a list",
                detail=f"`for.in` gave {items!r:.100}, and only a list can be gone over.",
            )
        self._items: list[Json] = items
        self._is_restored = kept is not None

    def __iter__(self) -> Iterator[Scope]:
        while self._index < len(self._items):
            before, index = self.data, self._index

            frame = partial(self._frame, index, before)
            variables = {self._each: self._items[index], self._at: index}
            turn = self._here.turn(variables, frame, index).on(before)
            is_inside = self._is_restored and self._here.run.is_returning
            if not self._is_restored:
                self._here.run.leave_if_long(self._here, self._here.context.value, frame)
            self._is_restored = False
            # A link left from inside a pass has looked at its condition, one left before it has not
            if self._while is not None and not is_inside and not turn.test(self._while):
                return
            yield turn
            self._index += 1

    def _frame(self, index: int, before: Json) -> Json:
        return ["for", self._reference, index, before, self._items]


def loop_head(here: Scope, reference: str, data: Json) -> Json:
    """The data at a task that a later one leads back to.

    Args:
        here: Scope of the list of tasks.
        reference: The task that is led back to.
        data: The data so far.
    """
    kept = here.run.take("head", reference)
    if kept is not None:
        return kept[2]
    here.run.leave_if_long(here, here.context.value, lambda: ["head", reference, data])
    return data


class Jumps:
    """A list whose tasks lead back and forth so that no loop or condition of Python can say it.

    ```python
    jumps = Jumps(here, "/do", "first")
    while jumps.at:
        data = jumps.head(data)
        match jumps.at:
            case "first":
                data = await self.first(data, here)
                jumps.to("second")
            ...
    ```
    """

    def __init__(self, here: Scope, reference: str, first: str) -> None:
        """Prepare.

        Args:
            here: Scope of the list of tasks.
            reference: The list.
            first: Name of its first task.
        """
        self._here, self._reference = here, reference
        states = here.run.states
        self.at = states.get(reference, first) if here.run.is_returning else first
        """Name of the task that is next; empty at the end of the list."""
        states[reference] = self.at

    def to(self, name: str) -> None:
        """Go to a task. Empty: to the end of the list."""
        self.at = self._here.run.states[self._reference] = name

    def head(self, data: Json) -> Json:
        """The data at the task that is next; looked at before each step."""
        return loop_head(self._here, f"{self._reference}#{self.at}", data)
