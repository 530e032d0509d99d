"""Encrypts payloads. A project like this holds its key where it holds its secrets."""

from collections.abc import Iterable
from dataclasses import replace

from cryptography.fernet import Fernet
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, PayloadCodec
from typing_extensions import override

KEY = b"c2FtcGxlLWtleS1vZi10aGUtdGVzdHMtb25seS0xMjM="


class Encrypting(PayloadCodec):
    """Each payload as a whole, metadata too."""

    def __init__(self) -> None:
        self._fernet = Fernet(KEY)

    @override
    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [
            Payload(
                metadata={"encoding": b"binary/encrypted"},
                data=self._fernet.encrypt(each.SerializeToString()),
            )
            for each in payloads
        ]

    @override
    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [
            Payload.FromString(self._fernet.decrypt(each.data))
            if each.metadata.get("encoding") == b"binary/encrypted"
            else each
            for each in payloads
        ]


def make_converter() -> DataConverter:
    """The SDK's converter, with the codec."""
    return replace(DataConverter.default, payload_codec=Encrypting())
