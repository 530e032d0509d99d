"""How much do the functions of jq make of how much?

Most are told by an expression that takes and yields at least as much as the function does: its
model. The others have a shape: what one value of a size becomes.
"""

from typing import NamedTuple


class Shape(NamedTuple):
    """What becomes of one value."""

    factor: float = 1.0
    """By how much it grows at most."""

    extra: float = 0.0
    """What is added in any case."""

    work: float = 2.0
    """Steps for each byte."""

    square: bool = False
    """Whether both the result and the work may be as large as the square of the input."""

    several: bool = False
    """Whether many values come out, with the square of the input for all of them together."""


_SMALL = Shape(0.0, 32.0)
_TEXT = Shape(8.0, 32.0, 8.0)
"""Texts may become `\\u0000` and the like, sixfold."""

_SORTED = Shape(1.0, 2.0, 20.0)
_SQUARE = Shape(1.0, 32.0, 4.0, square=True)


def _all(names: str, shape: Shape) -> dict[str, Shape]:
    return dict.fromkeys(names.split(), shape)


SHAPES: dict[str, Shape] = (
    _all(
        """length/0 not/0 type/0 utf8bytelength/0 isnan/0 isinfinite/0 isfinite/0 isnormal/0 nan/0
        infinite/0 fabs/0 floor/0 ceil/0 round/0 trunc/0 rint/0 nearbyint/0 sqrt/0 modf/0
        frexp/0 significand/0 logb/0 exp/0 exp2/0 exp10/0 log/0 log2/0 log10/0 toboolean/0 mktime/0
        gmtime/0 todate/0 todateiso8601/0 fromdate/0 fromdateiso8601/0""",
        _SMALL,
    )
    | _all(
        """abs/0 empty/0 error/0 first/0 last/0 values/0 nulls/0 booleans/0 numbers/0 strings/0
        arrays/0 objects/0 iterables/0 scalars/0 normals/0 finites/0 reverse/0 min/0 max/0
        flatten/0 trim/0 ltrim/0 rtrim/0 tonumber/0 add/0 any/0 all/0 from_entries/0""",
        Shape(1.0, 32.0, 4.0),
    )
    | _all("tostring/0 tojson/0 fromjson/0 explode/0 implode/0 to_entries/0", _TEXT)
    | _all("sort/0 unique/0 keys/0 keys_unsorted/0", _SORTED)
    | _all("tostream/0 paths/0 recurse/0", _SQUARE._replace(several=True))
    | {"transpose/0": _SQUARE}
    # Letter by letter, as a program of jq.
    | _all("ascii_downcase/0 ascii_upcase/0", Shape(1.0, 32.0, 40.0))
)
"""Functions without arguments."""

_OF_TWO = """pow/2 fmin/2 fmax/2 fmod/2 fdim/2 ldexp/2 scalb/2 scalbln/2 copysign/2 drem/2 remainder/2
nextafter/2 nexttoward/2"""

MODELS: dict[str, str] = {
    "error/1": "f",
    "select/1": "if f then . else empty end",
    "map/1": "[.[] | f]",
    "map_values/1": "[.[] | [f]]",
    "first/1": "f",
    "last/1": "f",
    "nth/1": ".[f]",
    "nth/2": "f | g",
    "limit/2": "f as $n | g",
    "skip/2": "f as $n | g",
    "isempty/1": "f | 0",
    "any/1": "[.[] | f] | 0",
    "all/1": "[.[] | f] | 0",
    "any/2": "[f | g] | 0",
    "all/2": "[f | g] | 0",
    "IN/1": "[f == .] | 0",
    "IN/2": "[f == g] | 0",
    "has/1": "f | 0",
    "in/1": "f | 0",
    "add/1": "[f]",
    "sort_by/1": "[.[] | [., f]] | sort",
    "group_by/1": "[.[] | [., f]] | sort",
    "unique_by/1": "[.[] | [., f]] | sort",
    "min_by/1": "[.[] | [., f]] | sort",
    "max_by/1": "[.[] | [., f]] | sort",
    "with_entries/1": "to_entries | [.[] | f] | from_entries",
    "flatten/1": "f as $n | flatten",
    "contains/1": "f as $x | [., $x] | transpose | 0",
    "inside/1": "f as $x | [., $x] | transpose | 0",
    "index/1": "f as $x | [., $x] | transpose | 0",
    "rindex/1": "f as $x | [., $x] | transpose | 0",
    "indices/1": "f as $x | [., $x] | transpose",
    "bsearch/1": "f as $x | [., $x] | sort | 0",
    "INDEX/1": "[.[] | {a: ., b: (f | tostring)}]",
    "INDEX/2": "[f | {a: ., b: (g | tostring)}]",
    "getpath/1": "f as $p | .",
    "startswith/1": "f as $x | [., $x] | 0",
    "endswith/1": "f as $x | [., $x] | 0",
    "ltrimstr/1": "f as $x | [., $x]",
    "rtrimstr/1": "f as $x | [., $x]",
    "trimstr/1": "f as $x | [., $x]",
    "split/1": "f as $x | [., $x] | explode",
    "join/1": "f as $x | [.[] | [., $x]] | tostring",
    "format/1": "f as $x | tostring",
    "strftime/1": "f as $x | [., $x] | tostring",
    "strptime/1": "f as $x | [., $x] | tostring",
    "JOIN/2": "f as $x | [.[] | [., ($x | .[g])]]",
} | dict.fromkeys(_OF_TWO.split(), "f as $x | g as $y | 0")
"""Functions with arguments; they are called f and g. Whatever has neither model nor shape has no
bound: patterns (their engine tries and tries again), combinations, what sets paths, what walks."""

FORMAT = _TEXT
"""What a format makes of a value."""
