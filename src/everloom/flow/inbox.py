"""Events that have come to a run, and that nobody has taken yet."""

from collections.abc import Callable

from .faults import Json

REMEMBERED = 5_000
"""Events that a run remembers to recognise the second coming of one."""


class Inbox:
    """Events in the order in which they came. Each is there once: `source` and `id` tell it."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Json]] = []
        self._known: dict[tuple[str, str], None] = {}
        self.arrived = 0
        """How many have come; who waits looks at whether it has grown."""

    def put(self, event: dict[str, Json]) -> None:
        """Keep an event, unless it has come before."""
        key = _key(event)
        if key is not None and key in self._known:
            return
        self._remember(key)
        self._waiting.append(event)
        self.arrived += 1

    def take(self, wanted: Callable[[dict[str, Json]], bool]) -> dict[str, Json] | None:
        """Take the first event that is wanted; None when there is none."""
        for place, event in enumerate(self._waiting):
            if wanted(event):
                return self._waiting.pop(place)
        return None

    def __len__(self) -> int:
        return len(self._waiting)

    def packed(self) -> Json:
        """What travels to the next link of a run."""
        return {"waiting": self._waiting, "known": [list(key) for key in self._known]}

    def unpack(self, luggage: Json) -> None:
        """Take over what the link before has left; what has come to this link already is later."""
        later = self._waiting
        self._waiting, self._known = list(luggage["waiting"]), {}
        for source, id in luggage["known"]:
            self._known[source, id] = None
        self.arrived += len(self._waiting)
        for event in later:
            self.put(event)

    def _remember(self, key: tuple[str, str] | None) -> None:
        if key is None:
            return
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]


def _key(event: dict[str, Json]) -> tuple[str, str] | None:
    source, id = event.get("source"), event.get("id")
    return (source, id) if isinstance(source, str) and isinstance(id, str) else None
