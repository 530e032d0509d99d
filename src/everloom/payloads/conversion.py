"""Put the converter together: pydantic's values, our limits, our failures, codecs, storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from pydantic_core import PydanticSerializationError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverter,
    PayloadConverter,
    SerializationContext,
    StorageDriverStoreContext,
    WithSerializationContext,
)
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from everloom.authoring import failure_from
from everloom.core import EverloomError
from everloom.settings import Settings

from .codec import PayloadCodecs
from .copying import copied
from .limits import SizeCheck
from .storage import PayloadStore, StoredOutside


def build_converter(settings: Settings) -> DataConverter:
    """The converter of these settings.

    Raises:
        SettingsInvalid: A key is missing, cannot be read, or is none.
        ObjectsAddressInvalid: `store.objects` names no store we can open.
    """
    codec = PayloadCodecs.of(settings)
    section = settings.payloads
    store = PayloadStore(settings)
    return _KnowingConverter(
        payload_converter_class=_measuring(SizeCheck(section, codec)),
        payload_codec=codec,
        failure_converter_class=_EncryptedFailures if codec.encrypts else _OurFailures,
        external_storage=store.external_storage(
            threshold=int(section.threshold), stores=section.external
        ),
    )


@dataclass(frozen=True)
class _KnowingConverter(DataConverter):
    """Knows whose payloads it converts, also after the SDK has replaced one of its fields.

    The SDK makes such copies for every payload, several each, and with each of them a payload converter
    that knows no types yet. Ours share one, so that a type is looked into once a process. Runs still
    get one of their own: the sandbox has new classes for each, which would never be let go.
    """

    context: SerializationContext | None = None

    @override
    def __post_init__(self) -> None:
        shared = _known_to(self.context, _shared(self.payload_converter_class))
        object.__setattr__(self, "payload_converter", shared)
        object.__setattr__(self, "failure_converter", self.failure_converter_class())

    @override
    def with_context(self, context: SerializationContext) -> Self:
        if context == self.context:
            return self
        known = _known_to(context, _shared(self.payload_converter_class))
        return copied(self, context=context, payload_converter=known)

    @override
    def _with_store_context(self, store_ctx: StorageDriverStoreContext) -> Self:
        # As the SDK does, without building everything anew: this is done for every payload. Should
        # the SDK call it otherwise some day, its own way does the same.
        storage = self.external_storage
        if not isinstance(storage, StoredOutside):
            return self
        return copied(self, external_storage=storage.for_whom(store_ctx))


def _known_to(
    context: SerializationContext | None, converter: PayloadConverter
) -> PayloadConverter:
    if context is None or not isinstance(converter, WithSerializationContext):
        return converter
    return converter.with_context(context)


@cache
def _shared(made_by: type[PayloadConverter]) -> PayloadConverter:
    return DataConverter(payload_converter_class=made_by).payload_converter


class _MeasuringConverter(PydanticPayloadConverter):
    """Converts as pydantic does, and looks at the size and the depth of what it made."""

    size_check: ClassVar[SizeCheck]
    _context: SerializationContext | None = None

    @override
    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        try:
            payloads = super().to_payloads(values)
        except PydanticSerializationError as error:
            if "depth exceeded" in str(error):
                self.size_check.refuse_depth(self._context)
            raise
        self.size_check.check(payloads, self._context)
        return payloads

    @override
    def with_context(self, context: SerializationContext) -> Self:
        # The copy shares the cache of pydantic's adapters, which is most of what a converter costs.
        return copied(self, _context=context)


def _measuring(check: SizeCheck) -> type[_MeasuringConverter]:
    """A class, because the SDK makes converters itself, without arguments, in the sandbox too."""

    class Measuring(_MeasuringConverter):
        size_check = check

    return Measuring


class _OurFailures(DefaultFailureConverter):
    """Lets an error of ours that meets the SDK outside of our code keep its code and its hint."""

    @override
    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        told = exception
        if isinstance(told, ApplicationError) and told.message in _SAYS_NOTHING:
            told = told.__cause__ if isinstance(told.__cause__, EverloomError) else told
        super().to_failure(_as_failure(told), payload_converter, failure)


class _EncryptedFailures(_OurFailures):
    """Moves message and stack trace to where the codec reaches them."""

    def __init__(self) -> None:
        DefaultFailureConverter.__init__(self, encode_common_attributes=True)


_SAYS_NOTHING = {"Failed decoding arguments", "Failed decoding heartbeat details"}
"""What the SDK raises around our error when an activity's input cannot be read."""


def _as_failure(error: BaseException) -> BaseException:
    if not isinstance(error, EverloomError):
        return error
    failure = failure_from(error)
    failure.__cause__ = error.__cause__
    return failure
