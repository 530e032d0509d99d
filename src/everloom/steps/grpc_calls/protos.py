"""Which protos has a worker read? Kept for a minute, and compiled anew only when they have changed."""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from google.protobuf.descriptor_pool import DescriptorPool

from everloom.flow import Json
from everloom.steps.answering import Step
from everloom.steps.external_resources import Resource, read_resource
from everloom.steps.http_requests import endpoint_of
from everloom.steps.means import Means
from everloom.steps.processes import Limits
from everloom.steps.shapes import is_object

from .compiling import MOST_BYTES, compiled
from .sources import Sources, gather_sources

KEPT = 32
AGE = 60.0
"""Seconds after which a proto is asked for again."""

COMPILING = Limits(time=timedelta(seconds=30), memory=512 * 1024 * 1024, output=MOST_BYTES)


@dataclass(frozen=True)
class Proto:
    """A proto that was compiled."""

    main: str
    """The file that the definition names."""

    pool: DescriptorPool
    sources: Sources
    until: float
    """When it is asked for again, by the monotonic clock."""


@dataclass
class _Place:
    """Where one proto is kept."""

    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who reads it: others wait for what comes of that."""

    proto: Proto | None = None


class Protos:
    """The protos that a worker has read."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._kept: OrderedDict[str, _Place] = OrderedDict()

    async def read(self, resource: Json, step: Step) -> Proto:
        """A proto.

        Args:
            resource: `with.proto`.
            step: The call it is for.

        Raises:
            Fault: It cannot be had, or does not compile.
        """
        # With its policy: what one may read is not shown to another.
        key = hashlib.sha256(json.dumps(resource, sort_keys=True).encode()).hexdigest()
        place = self._kept.pop(key, None) or _Place()
        self._kept[key] = place
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        async with place.reading:
            if place.proto is None or time.monotonic() >= place.proto.until:
                place.proto = await self._renewed(place.proto, resource, step)
            return place.proto

    async def _renewed(self, kept: Proto | None, resource: Json, step: Step) -> Proto:
        _, policy = endpoint_of(resource.get("endpoint") if is_object(resource) else None)

        async def fetch(url: str) -> Resource:
            beside = {"endpoint": {"uri": url, "authentication": policy}}
            return await read_resource(beside, step, self._means)

        main = await read_resource(resource, step, self._means)
        sources = await gather_sources(main, fetch)
        until = time.monotonic() + AGE
        if kept is not None and kept.sources == sources:
            return Proto(kept.main, kept.pool, sources, until)
        return Proto(sources.main, await compiled(sources, COMPILING), sources, until)
