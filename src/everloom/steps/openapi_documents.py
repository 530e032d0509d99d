"""What does an OpenAPI document say? Fetched by URL, read once, and asked for again when it is old.

References are followed where a part is needed, into other documents too.
"""

import asyncio
import hashlib
import json
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from urllib.parse import unquote, urldefrag

import httpx2

from everloom.authoring import get_logger
from everloom.core import found_at
from everloom.flow import Fault, Json, step_fault
from everloom.settings import origin_of

from .outgoing import Answer, Outgoing
from .shapes import is_object
from .trees import read_tree

log = get_logger(__name__)

_KEPT = 32
_DEEPEST = 20
_AGE = 60.0
"""Seconds after which a document is asked for again, where its server says nothing about that."""

_OLDEST = 3600.0
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")


@dataclass(frozen=True)
class Reader:
    """Who reads documents."""

    auth: httpx2.Auth | None = None
    policy: Json = None
    """The policy behind `auth`: what one may read is not shown to another."""


@dataclass(frozen=True)
class Document:
    """A document, and where it was found."""

    url: str
    content: dict[str, Json]
    reader: Reader = Reader()


@dataclass(frozen=True)
class Part:
    """A part of a document."""

    node: Json
    document: Document


@dataclass(frozen=True)
class Found:
    """An operation, with what is around it."""

    path: str
    method: str
    item: Part
    """The path's own entry."""

    operation: Part
    root: Document
    """The document that was asked for. Operation and path may stand in another one."""

    @property
    def is_swagger(self) -> bool:
        """Whether the document is one of Swagger 2.0."""
        return is_swagger(self.root)


@dataclass
class _Kept:
    document: Document
    validators: dict[str, str]
    until: float


class Documents:
    """The documents that a worker has read."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def read(self, url: str, reader: Reader) -> Document:
        """A document.

        Raises:
            Fault: It cannot be had, or is no document.
        """
        key = hashlib.sha256(json.dumps([url, reader.policy]).encode()).hexdigest()
        kept = self._kept.pop(key, None)
        if kept is None:
            kept = await self._fetched(url, reader)
        elif time.monotonic() >= kept.until:
            kept = await self._renewed(kept, url, reader)
        self._kept[key] = kept
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        # A reader of a later step brings what it has to say of itself, and covers it itself.
        return replace(kept.document, reader=reader)

    async def follow(self, part: Part) -> Part:
        """The part itself, where there is only a reference to it.

        Raises:
            Fault: The reference leads nowhere, or in circles.
        """
        for _ in range(_DEEPEST):
            reference = part.node.get("$ref") if is_object(part.node) else None
            if not isinstance(reference, str):
                return part
            place, fragment = urldefrag(reference)
            document = part.document
            if place:
                url = str(httpx2.URL(document.url).join(place))
                same = origin_of(url) == origin_of(document.url)
                document = await self.read(url, document.reader if same else Reader())
            found = found_at(document.content, unquote(fragment))
            if found is None:
                raise unusable_document(f"`$ref: {reference}` leads nowhere.")
            part = Part(found, document)
        raise unusable_document("Its references lead in circles.")

    async def _renewed(self, kept: _Kept, url: str, reader: Reader) -> _Kept:
        try:
            return await self._fetched(url, reader, kept)
        except Fault as fault:
            # What was right a minute ago serves better than a call that fails for want of a document.
            log.warning("openapi document not renewed", url=url, status=fault.problem["status"])
            kept.until = time.monotonic() + _AGE
            return kept

    async def _fetched(self, url: str, reader: Reader, kept: _Kept | None = None) -> _Kept:
        request = self._outgoing.request(
            "GET", url, headers=httpx2.Headers(kept.validators if kept else {})
        )
        answer = await self._outgoing.send(request, auth=reader.auth, follow=True)
        until = time.monotonic() + _age(answer.headers.get("cache-control", "").lower())
        if answer.status == 304 and kept is not None:
            kept.until = until
            return kept
        if answer.status != 200:
            raise step_fault(
                "communication",
                title="OpenAPI document not available",
                detail=f"{request.url.host} answered {answer.status} when asked for it.",
                status=answer.status,
            )
        content = await asyncio.to_thread(read_tree, answer.body)
        validators = {
            asked: answer.headers[given]
            for asked, given in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
            if given in answer.headers
        }
        return _Kept(_document(answer, content), validators, until)


def is_swagger(document: Document) -> bool:
    """Whether a document is one of Swagger 2.0."""
    return str(document.content.get("swagger", "")).startswith("2.")


def unusable_document(detail: str) -> Fault:
    """The fault of a document that nothing can be called with."""
    return step_fault("configuration", title="OpenAPI document not usable", detail=detail)


def _age(said: str) -> float:
    """Seconds in which a document is not asked for again, by its `Cache-Control`."""
    if "no-cache" in said or "no-store" in said:
        return 0.0
    found = _MAX_AGE.search(said)
    return min(float(found[1]), _OLDEST) if found else _AGE


def _document(answer: Answer, content: Json) -> Document:
    if not is_object(content):
        raise unusable_document("It is neither JSON nor YAML that holds an object.")
    return Document(str(answer.request.url), content)
