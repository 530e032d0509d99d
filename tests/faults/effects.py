"""A service whose effects are counted: a request that says the same key again has no effect."""

import asyncio
import json
from collections import Counter

from tests.servers.http_files import Asked, Status


class Effects:
    """Answers every order, and knows which effects there were."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        """What each `Idempotency-Key` was for: `charge 7`."""

        self.requests = 0
        """How often anybody asked, the same thing again included."""

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter, /) -> None:
        """Take an order: the path says what for, the body whose."""
        self.requests += 1
        what = f"{asked.path.strip('/')} {json.loads(asked.body)['order']}"
        self.keys.setdefault(asked.headers["idempotency-key"], what)
        body = json.dumps({"done": what}).encode()
        headers = {"Content-Type": "application/json"}
        await Status(200, body, headers).answer(asked, writer)

    @property
    def done(self) -> Counter[str]:
        """How often each thing was done."""
        return Counter(self.keys.values())
