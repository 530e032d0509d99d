"""/codec: Temporal's remote codec, for its web interface and its command.

Both send payloads as they found them, and show what comes back. So whoever may call this may read
everything: it is off unless the settings say who may.
"""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from everloom.core import Invalid, NotFound
from everloom.payloads import Reviver
from everloom.settings import PayloadSettings, Settings
from everloom.temporal import TemporalService, get_temporal_service

from .crossing import Crossing
from .edge import BodyTooLarge

PREFIX = "/codec"


class CodecTokenMissing(Invalid):
    """A request to the codec endpoint came without a token."""

    code = "codec-token-missing"


class CodecDenied(Invalid):
    """A request to the codec endpoint came with a token that opens nothing."""

    code = "codec-denied"


class CodecNamespaceUnknown(NotFound):
    """The codec endpoint was asked for payloads of a namespace that it does not serve."""

    code = "codec-namespace-unknown"


class PayloadsInvalid(Invalid):
    """A request to the codec endpoint holds no payloads."""

    code = "payloads-invalid"


def codec_router(settings: Settings) -> APIRouter:
    """The codec endpoint, as far as the settings open it.

    Raises:
        SettingsInvalid, ObjectsAddressInvalid: Keys or object store cannot be used.
    """
    router = APIRouter(prefix=PREFIX, tags=["codec"], include_in_schema=False)
    section = settings.payloads
    if section.codec == "off":
        return router
    work = _Codec(settings)
    allowed = [Depends(_opened_by(section))]
    for path, does in {
        "/decode": work.decode,
        "/download": work.download,
        "/encode": work.encode,
    }.items():
        router.post(path, dependencies=allowed)(does)
        router.options(path)(_preflight)
    return router


def codec_crossing(section: PayloadSettings) -> Crossing:
    """Web pages that may ask the codec endpoint."""
    if section.codec == "off":
        return Crossing()
    return Crossing(f"{PREFIX}/", frozenset(each.rstrip("/") for each in section.codec_origins))


Temporal = Annotated[TemporalService, Depends(get_temporal_service)]
Namespace = Annotated[str | None, Header(alias="X-Namespace")]
KeepReferences = Annotated[bool, Query(alias="preserveStorageRefs")]


class _Codec:
    def __init__(self, settings: Settings) -> None:
        self._limit = int(settings.payloads.codec_limit)
        self._reviver = Reviver(settings, largest=self._limit)

    async def decode(
        self,
        request: Request,
        temporal: Temporal,
        x_namespace: Namespace = None,
        *,
        keep_references: KeepReferences = False,
    ) -> Response:
        """Make payloads readable; stored ones too, unless the caller fetches those by itself."""
        return await self._read(request, temporal, x_namespace, resolve=not keep_references)

    async def download(
        self, request: Request, temporal: Temporal, x_namespace: Namespace = None
    ) -> Response:
        """Fetch stored payloads and make them readable."""
        return await self._read(request, temporal, x_namespace, resolve=True)

    async def encode(
        self, request: Request, temporal: Temporal, x_namespace: Namespace = None
    ) -> Response:
        """Write payloads as workers expect them."""
        _check_namespace(temporal, x_namespace)
        return _answer(await self._reviver.encode(await self._payloads(request)))

    async def _read(
        self, request: Request, temporal: TemporalService, asked: str | None, *, resolve: bool
    ) -> Response:
        namespace = _check_namespace(temporal, asked)
        payloads = await self._payloads(request)
        found = await self._reviver.decode(payloads, namespace=namespace, resolve=resolve)
        return _answer(found)

    async def _payloads(self, request: Request) -> list[Payload]:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._limit:
                raise BodyTooLarge(
                    f"The payloads have more than {self._limit} bytes together.",
                    hint="The setting `payloads.codec_limit` says how large they may be.",
                )
        try:
            return list(Parse(bytes(body), Payloads()).payloads)
        except (ParseError, UnicodeDecodeError):
            raise PayloadsInvalid(
                "The body holds no payloads.", hint='Send `{"payloads": [...]}` as Temporal does.'
            ) from None


def _opened_by(section: PayloadSettings):
    tokens = [each.get_secret_value().encode() for each in section.codec_tokens]

    async def check(authorization: Annotated[str | None, Header()] = None) -> None:
        if section.codec == "open":
            return
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            raise CodecTokenMissing(
                "This endpoint wants a token.",
                hint="Send `Authorization: Bearer <token>`, one of `payloads.codec_tokens`; "
                "`temporal --codec-auth 'Bearer <token>'` does.",
            )
        found = [hmac.compare_digest(given.strip().encode(), each) for each in tokens]
        if not any(found):
            raise CodecDenied(
                "This token opens nothing here.", hint="Ask for one of `payloads.codec_tokens`."
            )

    return check


async def _preflight() -> Response:
    """A browser's question before it asks; what may be asked stands in headers that the edge adds."""
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _check_namespace(temporal: TemporalService, asked: str | None) -> str:
    own = temporal.namespace
    if asked is not None and asked != own:
        raise CodecNamespaceUnknown(
            f"Payloads of the namespace {asked!r} cannot be decoded here.",
            hint=f"This server belongs to the namespace {own!r}.",
        )
    return own


def _answer(payloads: list[Payload]) -> Response:
    return Response(
        MessageToJson(Payloads(payloads=payloads), indent=None), media_type="application/json"
    )
