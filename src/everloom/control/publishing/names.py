"""What a text says about its own name and version, and how another version is put into it. Pure."""

import re
from dataclasses import dataclass

from everloom.core import Json, is_object
from everloom.language.models.parts import NAME_PATTERN, VERSION_PATTERN
from everloom.language.reading import Reading, read

from .errors import DefinitionNameInvalid, VersionNotWritable

_SCALAR = re.compile(
    r"(?P<before>(?:[&!]\S*[ \t]+)*)"
    r"""(?:'(?P<single>(?:[^']|'')*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,\[\]{}#]+))"""
)
_PARTS = re.compile(r"(?P<namespace>[^.]+)\.(?P<name>[^.]+)")
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class NameInText:
    """What a text calls itself; empty where it does not say so in words."""

    namespace: str
    name: str
    version: str

    @property
    def full_name(self) -> str | None:
        """`namespace.name`; None when it cannot be one."""
        parts = (self.namespace, self.name)
        if all(re.fullmatch(NAME_PATTERN, each) for each in parts):
            return ".".join(parts)
        return None


def name_in(text: str) -> NameInText:
    """What a text calls itself, as far as it can be read."""
    value = read(text).value
    document: Json = value.get("document") if is_object(value) else None
    found = document if is_object(document) else {}
    said = [found.get(key) for key in ("namespace", "name", "version")]
    namespace, name, version = (each if isinstance(each, str) else "" for each in said)
    return NameInText(namespace, name, version)


def split_name(full_name: str) -> tuple[str, str]:
    """Namespace and name of `namespace.name`.

    Raises:
        DefinitionNameInvalid: It is not that.
    """
    found = _PARTS.fullmatch(full_name)
    if found is None or NameInText(found["namespace"], found["name"], "").full_name is None:
        raise DefinitionNameInvalid(
            f"{full_name!r} cannot be the name of a definition.",
            hint="Write `namespace.name`, each of lower-case letters, digits and hyphens.",
        )
    return found["namespace"], found["name"]


def with_version(text: str, version: str) -> str:
    """The text with another `document.version`, and everything else as it was written.

    Raises:
        VersionNotWritable: It is no version, or the text cannot be read or says it in another way
            than as one value on one line.
    """
    if not re.fullmatch(VERSION_PATTERN, version):
        raise VersionNotWritable(
            f"{version!r} is no version.", hint="Write it as `1.2.1`: major, minor, patch."
        )
    reading = read(text)
    found = reading.find("/document/version")
    start = _index(reading, found.node.place)
    scalar = _SCALAR.match(reading.text, start)
    # A find that leads nowhere gives the part above; what comes out is compared anyway.
    if scalar is not None and found.node.kind == "scalar":
        group = str(scalar.lastgroup)
        begin, end = scalar.span(group)
        after = reading.text[:begin] + version + reading.text[end:]
        if read(after).value == _changed(reading.value, version):
            return text[: len(text) - len(reading.text)] + after
    raise VersionNotWritable(
        "The version cannot be put into the text: `document.version` is not one value on one line.",
        hint="Write `version: 1.2.1` below `document`.",
    )


def _changed(value: Json, version: str) -> Json:
    return {**value, "document": {**value["document"], "version": version}}


def _index(reading: Reading, place: tuple[int, int]) -> int:
    starts = [0, *(each.end() for each in _BREAK.finditer(reading.text))]
    line, column = place
    return starts[max(line, 1) - 1] + max(column, 1) - 1
