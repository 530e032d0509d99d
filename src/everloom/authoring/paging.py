"""Work through more items than one history can hold: page by page, continuing as new between pages."""

from collections.abc import Awaitable, Callable
from typing import Generic, NoReturn, Self, TypeVar

from pydantic import BaseModel
from temporalio import workflow

from everloom.core import Invalid

from .workflows import Workflow

CursorT = TypeVar("CursorT")
ItemT = TypeVar("ItemT")


class PagesInvalid(Invalid):
    """Fewer than one page a run would continue for ever and do nothing."""

    code = "pages-invalid"


class Page(BaseModel, Generic[ItemT, CursorT], frozen=True):
    """Some of the items, and where the next ones begin. What an activity that reads pages returns."""

    items: list[ItemT]

    next: CursorT | None = None
    """Cursor of the next page; None after the last."""


class Pages(Generic[ItemT, CursorT]):
    """Pages, to be read with `async for`."""

    def __init__(
        self,
        cursor: CursorT,
        read: Callable[[CursorT], Awaitable[Page[ItemT, CursorT]]],
        again: Callable[[CursorT], object],
        *,
        pages_a_run: int | None,
    ) -> None:
        """Made by `pages`."""
        self._cursor: CursorT | None = cursor
        self._read = read
        self._again = again
        self._pages_a_run = pages_a_run
        self._count = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[ItemT, CursorT]:
        if self._cursor is None:
            raise StopAsyncIteration
        if self._count and self._is_full():
            await self._continue_as_new(self._cursor)
        self._count += 1
        page = await self._read(self._cursor)
        self._cursor = page.next
        return page

    def _is_full(self) -> bool:
        if self._pages_a_run is not None and self._count >= self._pages_a_run:
            return True
        instance = workflow.instance()
        if isinstance(instance, Workflow):
            return instance.should_continue
        return workflow.info().is_continue_as_new_suggested()

    async def _continue_as_new(self, cursor: CursorT) -> NoReturn:
        instance: object = workflow.instance()
        if isinstance(instance, Workflow):
            await instance.continue_as_new(lambda: self._again(cursor))  # pyright: ignore[reportUnknownMemberType] - of whatever input
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(self._again(cursor))


def pages(
    cursor: CursorT,
    read: Callable[[CursorT], Awaitable[Page[ItemT, CursorT]]],
    *,
    again: Callable[[CursorT], object],
    pages_a_run: int | None = None,
) -> Pages[ItemT, CursorT]:
    """Read page after page, and continue as new between two pages when the history grows long.

    ```python
    async for page in pages(input.cursor, lambda at: call(customers, at), again=input.at):
        async for outcome in each(page.items, send, at_once=50): ...
    return input.report
    ```

    What the run shall remember goes into the next run's input, which `again` makes: `again` is asked
    after the body of the loop is done with a page. Runs under one id follow each other, so `result`,
    signals and queries go on as if there were one; handlers that are under way end first.

    Args:
        cursor: Where to begin: the start of all, or what the previous run handed on.
        read: Reads the page at a cursor: workflow code, such as a lambda around `call`.
        again: The input of the next run, from the cursor it begins with.
        pages_a_run: Continue after so many pages. Without it, when Temporal suggests it.

    Raises:
        PagesInvalid: `pages_a_run` is less than 1.
    """
    if pages_a_run is not None and pages_a_run < 1:
        raise PagesInvalid(
            f"`pages_a_run` is {pages_a_run}.", hint="Leave it out, or say at least 1."
        )
    return Pages(cursor, read, again, pages_a_run=pages_a_run)
