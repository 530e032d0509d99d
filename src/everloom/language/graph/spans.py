"""How durations and expressions are shown to a reader."""

import re

from everloom.language.models.data import Duration, DurationParts

_UNITS = {"days": "d", "hours": "h", "minutes": "min", "seconds": "s", "milliseconds": "ms"}
_DATE = {"Y": "y", "M": "months", "W": "weeks", "D": "d"}
_TIME = {"H": "h", "M": "min", "S": "s"}
_ISO = re.compile(r"P(?=.)((?:\d+(?:\.\d+)?[YMWD])*)(?:T((?:\d+(?:\.\d+)?[HMS])+))?", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([A-Z])", re.ASCII)


def bare(expression: str) -> str:
    """An expression without `${ }`."""
    text = expression.strip()
    return text[2:-1].strip() if text.startswith("${") and text.endswith("}") else text


def span_of(duration: Duration) -> str:
    """A duration as people read it: `1 h 30 min`. An expression, or a name, stays as it is."""
    if isinstance(duration, DurationParts):
        counts = [(getattr(duration, name), unit) for name, unit in _UNITS.items()]
        return " ".join(f"{count} {unit}" for count, unit in counts if count) or "0 s"
    text = bare(duration)
    match = _ISO.fullmatch(text)
    if match is None:
        return text
    words = [f"{count} {_DATE[unit]}" for count, unit in _PART.findall(match[1] or "")]
    words += [f"{count} {_TIME[unit]}" for count, unit in _PART.findall(match[2] or "")]
    return " ".join(words)
