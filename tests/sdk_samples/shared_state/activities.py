"""A till that everybody pays into."""

from temporalio import activity


class Till:
    """One object for all calls of a worker."""

    def __init__(self) -> None:
        self.held = 0

    @activity.defn
    async def pay(self, amount: int) -> int:
        self.held += amount
        return self.held

    @activity.defn
    async def balance(self) -> int:
        return self.held
