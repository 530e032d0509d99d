"""Find out what kind of file this is, from its beginning and from what is known about it."""

import re

from mail_platform.models import Format

from .errors import (
    FileCompressed,
    FileIsBinary,
    FileIsHtml,
    FileIsSpreadsheet,
    FileIsXml,
    FormatContradicted,
)
from .flattening import decoder

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
}
_BINARY = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3\x00": "a database",
    b"PAR1": "a Parquet file",
}
_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|meta|title|div|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<(?:\?xml|rss|feed|[a-z][\w:.-]*[\s>/])", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\[\s*(?:[\[\]{\"\d]|$)|\{\s*(?:[\"}]|$))")
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\v\f\r")
_NAMES = {
    Format.JSON_LINES: re.compile(r"\.(?:jsonl|ndjson|jl)\b|jsonl|ndjson|json-lines|json-seq"),
    Format.JSON: re.compile(r"\.json\b|\bjson\b"),
    Format.TSV: re.compile(r"\.(?:tsv|tab)\b|tab-separated"),
    Format.CSV: re.compile(r"\.csv\b|\bcsv\b"),
}


def refuse_binary(head: bytes) -> None:
    """Refuse what is no text, by the first bytes as they are.

    Raises:
        FileCompressed: It is packed.
        FileIsSpreadsheet: It is a workbook.
        FileIsBinary: It is another known kind.
    """
    if head.startswith(_WORKBOOK) or (head.startswith(b"PK\x03\x04") and _is_workbook(head)):
        raise FileIsSpreadsheet(
            "The file is a spreadsheet, not text.", hint="Save it as CSV in UTF-8."
        )
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise FileCompressed(
                f"The file is packed with {name}.",
                hint="Unpack it first; one layer of gzip is unpacked by itself.",
            )
    for magic, name in _BINARY.items():
        if head.startswith(magic):
            raise FileIsBinary(f"The file is {name}.", hint="Send CSV, TSV, JSON or JSON Lines.")


def refuse_foreign(text: bytes) -> None:
    """Refuse text that is no table, by its beginning as UTF-8.

    Raises:
        FileIsHtml: It is a web page.
        FileIsXml: It is XML.
        FileIsBinary: Too much of it is no text.
    """
    if _HTML.match(text):
        raise FileIsHtml(
            "The file is a web page (HTML), not a product file.",
            hint="The address may lead to a login or error page: open it without being signed in.",
        )
    if _XML.match(text):
        raise FileIsXml("The file is XML.", hint="Export the feed as CSV, TSV, JSON or JSON Lines.")
    noise = len(text) - len(text.translate(None, _CONTROL))
    if noise > 0.1 * len(text):
        raise FileIsBinary(
            "The file is no text.", hint="Send CSV, TSV, JSON or JSON Lines, in UTF-8."
        )


def find_format(text: bytes, *, whole: bool, wanted: Format | None, known_as: str) -> Format | None:
    """The format; None for a delimited file whose delimiter is to be found out.

    Args:
        text: The file's beginning as UTF-8.
        whole: That is the whole file.
        wanted: What was asked for.
        known_as: File name and content type, which decide where the content does not.

    Raises:
        FormatContradicted: The content is not in the format that was asked for.
    """
    found = (
        _find_json(text, whole=whole, known_as=wanted or known_as) if _JSON.match(text) else None
    )
    if wanted is None:
        return found
    if found is None and wanted in {Format.CSV, Format.TSV}:
        return None
    if found == wanted:
        return found
    name = {Format.JSON: "a JSON document", Format.JSON_LINES: "JSON Lines"}
    raise FormatContradicted(
        f"The format `{wanted}` was asked for, but the file holds "
        f"{name[found] if found else 'no JSON'}.",
        hint=f"Ask for the format `{found}`, or for none." if found else "Ask for no format.",
    )


def named_format(known_as: str) -> Format | None:
    """The format that a file name or a content type promises."""
    folded = known_as.casefold()
    return next((format for format, pattern in _NAMES.items() if pattern.search(folded)), None)


def _find_json(text: bytes, *, whole: bool, known_as: str) -> Format:
    start = text.lstrip()
    if start.startswith(b"["):
        return Format.JSON
    decoded = start.decode("utf-8", "replace")
    try:
        end = decoder.raw_decode(decoded)[1]
    except (ValueError, RecursionError):
        return _guess_json(start, known_as)
    behind = decoded[end:].lstrip()
    if behind:
        return Format.JSON_LINES
    if not whole or named_format(known_as) is Format.JSON_LINES:
        return Format.JSON_LINES
    is_document = b"[" in start or named_format(known_as) is Format.JSON
    return Format.JSON if is_document else Format.JSON_LINES


def _guess_json(start: bytes, known_as: str) -> Format:
    """The first object is broken, or longer than what we look at."""
    first, _, second = start.partition(b"\n")
    if first.rstrip().endswith(b"}") and second.lstrip().startswith(b"{"):
        return Format.JSON_LINES
    return named_format(known_as) or Format.JSON


def _is_workbook(head: bytes) -> bool:
    return any(mark in head[:4096] for mark in (b"[Content_Types].xml", b"xl/", b"opendocument"))
