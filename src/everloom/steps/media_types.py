"""What is a body of this `Content-Type`: JSON, text or bytes?"""

import re
from dataclasses import dataclass
from email.message import Message

_TEXTS = re.compile(
    r"text/.+|.+\+(xml|yaml|text)|application/(xml|xml-dtd|yaml|x-yaml|toml|javascript|ecmascript"
    r"|x-javascript|graphql|sql|jwt|x-ndjson|jsonl|json-seq|x-www-form-urlencoded|x-sh)"
)
_BYTES = re.compile(
    r"(image|audio|video|font)/(?!svg\+xml).+|application/(octet-stream|pdf|zip|gzip|zstd|x-tar"
    r"|x-gzip|x-7z-compressed|x-bzip2|protobuf|x-protobuf|msgpack|x-msgpack|vnd\.msgpack|cbor|avro"
    r"|wasm|vnd\.openxmlformats.+|vnd\.ms-.+|vnd\.apache\.parquet)|.+\+(zip|gzip|cbor|protobuf)"
)


@dataclass(frozen=True)
class MediaType:
    """A type of content, without what does not matter here."""

    name: str
    """In small letters; empty: nobody said."""

    charset: str | None = None

    @property
    def is_json(self) -> bool:
        """Whether it is JSON."""
        return self.name in {"application/json", "text/json"} or self.name.endswith("+json")

    @property
    def is_text(self) -> bool:
        """Whether it is text, as far as is known."""
        return _TEXTS.fullmatch(self.name) is not None or self.charset is not None

    @property
    def is_binary(self) -> bool:
        """Whether it is bytes that are no text."""
        return _BYTES.fullmatch(self.name) is not None


def media_type(content_type: str) -> MediaType:
    """The type that a `Content-Type` header names."""
    message = Message()
    message["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    name = content_type.partition(";")[0].strip().lower()
    charset = message.get_param("charset")
    return MediaType(name, charset.lower() if isinstance(charset, str) else None)
