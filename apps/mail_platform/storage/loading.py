"""What both databases can do with a batch, each in its own quickest way."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

ReadRows = Callable[[], Iterable[bytes]]
"""Opens a batch from its beginning: normalised CSV in chunks of any size. It may be called twice."""


@dataclass(frozen=True)
class Merged:
    """What a merge did with a batch."""

    created: int
    updated: int


class Loading(ABC):
    """One kind of database. Everything happens in the transaction of the connection given."""

    @abstractmethod
    def lock_feed(self, connection: Connection, feed: str) -> None:
        """Wait until no other transaction changes this feed; held until the transaction ends."""

    @abstractmethod
    def create(
        self, connection: Connection, rows: ReadRows, *, feed: str, number: int
    ) -> int | None:
        """Load rows straight into the products, if every one of them is new.

        Returns:
            How many; None when one is not new, or there is no such shorter way: nothing is loaded.
        """

    @abstractmethod
    def stage(self, connection: Connection, rows: ReadRows) -> int:
        """Load rows into the empty `staged` table of this transaction, and count them."""

    @abstractmethod
    def merge(self, connection: Connection, *, feed: str, number: int) -> Merged:
        """Create what is new in `staged`, update what differs, leave the rest untouched."""

    @abstractmethod
    def remember_keys(self, connection: Connection, *, number: int, batch: int) -> None:
        """Write down which products `staged` holds, for a mirror import."""

    @abstractmethod
    def deactivate_unseen(self, connection: Connection, *, feed: str, number: int) -> int:
        """Make products inactive that an import neither created nor wrote down; count them."""
