"""Are texts right that stand for a duration, an address or a number? Only literal ones can be told."""

import re
from collections.abc import Callable, Mapping

from everloom.core import has_calendar_parts, iso_for, read_iso_duration

from .naming import name_of, short
from .notes import Notes
from .sites import Site

_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_OPERATORS = "+#./;?&=,!@|"


def check_literal(site: Site, notes: Notes) -> None:
    """Check a text whose meaning is known."""
    _CHECKS[site.meaning](site, notes)


def _duration(site: Site, notes: Notes) -> None:
    try:
        read_iso_duration(site.text)
    except ValueError as error:
        iso = iso_for(site.text)
        hint = f"Write `{iso}`." if iso else "Write it as `PT30S`, `P1D`, or as `seconds: 30`."
        message = f"{name_of(site.steps)} {error}: `{short(site.text)}`."
        notes.add("duration-not-fitting", site.steps, message, hint)
        return
    if has_calendar_parts(site.text):
        notes.add(
            "duration-by-calendar",
            site.steps,
            f"{name_of(site.steps)} counts years or months: a year is taken for 365 days, a month "
            "for 30.",
            "Write days.",
        )


def _address(site: Site, notes: Notes) -> None:
    text = site.text.strip()
    for found in _TEMPLATE.finditer(text):
        if found[1][:1] in _OPERATORS:  # also when nothing stands between the braces
            notes.add_inside(
                "address-template-not-fitting",
                site.steps,
                found.start(),
                f"The template `{short(found[0])}` is more than the language has: it knows plain "
                "names, such as `{petId}`.",
                hint="Build the address with an expression.",
            )
            return
    if re.search(r"[{}]", _TEMPLATE.sub("", text)):
        notes.add(
            "address-template-not-fitting",
            site.steps,
            f"{name_of(site.steps)} has a brace that is not closed or not opened.",
            "Write `{name}`, or `%7B` and `%7D` for the braces themselves.",
        )
    elif not _WEB.match(text) and not text.startswith("{"):
        _not_web(site, text, notes)


def _not_web(site: Site, text: str, notes: Notes) -> None:
    scheme = _SCHEME.match(text)
    hint = "Begin it with `https://` and a host."
    if scheme is None or re.search(r"\s", text):
        message = f"{name_of(site.steps)} cannot be `{short(text)}`: that is no address."
        notes.add("address-not-fitting", site.steps, message, hint)
        return
    is_web = scheme[0].lower() in {"http:", "https:"}
    said = "it names no host" if is_web else f"`{scheme[0]}` addresses cannot be reached"
    notes.add("address-unreachable", site.steps, f"{name_of(site.steps)} will fail: {said}.", hint)


def _expression(site: Site, notes: Notes) -> None:
    notes.add(
        "value-wrong-type",
        site.steps,
        f"{name_of(site.steps)} cannot be the text `{short(site.text)}`.",
        "Write the value itself without quotes, or an expression in `${ }`.",
    )


_CHECKS: Mapping[str, Callable[[Site, Notes], None]] = {
    "duration": _duration,
    "address": _address,
    "expression": _expression,
}
