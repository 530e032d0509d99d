"""Which functions may an expression call, and why not the others?

An expression is evaluated again whenever a run is replayed, on any worker, perhaps years later.
So what is allowed depends on its input alone, ends for every input, and reaches nothing outside.
What is on neither list does not exist for expressions, whatever a later jq brings along.
"""

GROUPS: dict[str, str] = {
    "Choosing": """
        empty/0 error/0 error/1 not/0 select/1 first/1 last/1 nth/2 limit/2 skip/2 isempty/1
        any/0 any/1 any/2 all/0 all/1 all/2 values/0 nulls/0 booleans/0 numbers/0 strings/0
        arrays/0 objects/0 iterables/0 scalars/0 normals/0 finites/0 IN/1 IN/2""",
    "Lists and objects": """
        length/0 keys/0 keys_unsorted/0 has/1 in/1 map/1 map_values/1 add/0 add/1 range/1 range/2
        range/3 reverse/0 sort/0 sort_by/1 group_by/1 unique/0 unique_by/1 min/0 min_by/1 max/0
        max_by/1 first/0 last/0 nth/1 flatten/0 flatten/1 contains/1 inside/1 index/1 rindex/1
        indices/1 bsearch/1 transpose/0 combinations/0 combinations/1 to_entries/0 from_entries/0
        with_entries/1 INDEX/1 INDEX/2 JOIN/2 JOIN/3 JOIN/4""",
    "Paths": """
        path/1 paths/0 paths/1 getpath/1 setpath/2 del/1 delpaths/1 pick/1 recurse/0 walk/1
        tostream/0 fromstream/1 truncate_stream/1""",
    "Texts": """
        tostring/0 tojson/0 fromjson/0 tonumber/0 toboolean/0 type/0 ascii_downcase/0
        ascii_upcase/0 startswith/1 endswith/1 ltrimstr/1 rtrimstr/1 trimstr/1 trim/0 ltrim/0
        rtrim/0 split/1 join/1 explode/0 implode/0 utf8bytelength/0 format/1""",
    "Patterns": """
        test/1 test/2 match/1 match/2 capture/1 capture/2 scan/1 scan/2 split/2 splits/1 splits/2
        sub/2 sub/3 gsub/2 gsub/3""",
    "Numbers": """
        abs/0 fabs/0 floor/0 ceil/0 round/0 trunc/0 rint/0 nearbyint/0 sqrt/0 fmin/2 fmax/2 fmod/2
        fma/3 fdim/2 modf/0 frexp/0 ldexp/2 scalb/2 scalbln/2 significand/0 logb/0 copysign/2
        drem/2 remainder/2 nextafter/2 nexttoward/2 nan/0 infinite/0 isnan/0 isinfinite/0
        isfinite/0 isnormal/0 pow/2 exp/0 exp2/0 exp10/0 log/0 log2/0 log10/0""",
    "Dates": """
        todate/0 fromdate/0 todateiso8601/0 fromdateiso8601/0 gmtime/0 mktime/0 strftime/1
        strptime/1""",
}
"""What may be called, as `name/number of arguments`."""

ALLOWED: frozenset[str] = frozenset(name for group in GROUPS.values() for name in group.split())

FORMATS = frozenset(
    {"text", "json", "csv", "tsv", "html", "uri", "urid", "sh", "base64", "base64d"}
)
"""What may stand after `@`."""

_ENVIRONMENT = "it shows the worker's environment, where its secrets are"
_CLOCK = "another time would come out when the run is replayed"
_ZONE = "it depends on the time zone of the worker's machine"
_INPUTS = "an expression has one input, which is `.`"
_BUILD = "it depends on how the worker's jq was built"
_HALT = "it stops the evaluation without a value"
_OUTPUT = "it writes to the worker's output"
_MATHS = "its last digits depend on the machine's maths library, so a replay could differ"

_INEXACT = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf",
    "erfc", "expm1", "gamma", "hypot", "j0", "j1", "jn", "lgamma", "lgamma_r", "log1p", "sin",
    "sinh", "tan", "tanh", "tgamma", "y0", "y1", "yn",
)  # fmt: skip

REFUSED: dict[str, tuple[str, str]] = {
    "env": (_ENVIRONMENT, "Hand values over as input, secrets as `$secrets`."),
    "now": (_CLOCK, "Read `$workflow.startedAt` or `$task.startedAt`."),
    "localtime": (_ZONE, "Write `gmtime`."),
    "strflocaltime": (_ZONE, "Write `strftime`."),
    "input": (_INPUTS, "Write `.`."),
    "inputs": (_INPUTS, "Write `.`, or `.[]` for the items of a list."),
    "input_filename": (_INPUTS, ""),
    "input_line_number": (_INPUTS, ""),
    "debug": (_OUTPUT, "Leave it out; the input and output of each task are in the history."),
    "stderr": (_OUTPUT, "Leave it out; the input and output of each task are in the history."),
    "halt": (_HALT, "Write `empty` or `error`."),
    "halt_error": (_HALT, "Write `error`."),
    "get_search_list": (_BUILD, ""),
    "get_jq_origin": (_BUILD, ""),
    "get_prog_origin": (_BUILD, ""),
    "modulemeta": ("it reads files", ""),
    "builtins": (_BUILD, "The reference lists what may be called."),
    "have_decnum": (_BUILD, ""),
    "have_literal_numbers": (_BUILD, ""),
} | dict.fromkeys(_INEXACT, (_MATHS, "Compute it in an activity."))
"""What jq has and no expression may call: why, and what to write instead."""

_STEPS = "Go through a list that has an end: `range(10)`, `.items[]`, `reduce`, `limit`."
_ENDLESS = "nobody can tell when it ends"
UNBOUNDED: dict[str, tuple[str, str]] = {
    "repeat/1": ("it never ends by itself", _STEPS),
    "while/2": (_ENDLESS, _STEPS),
    "until/2": (_ENDLESS, _STEPS),
    "recurse/1": (_ENDLESS, "Write `..` or `recurse` for all values below."),
    "recurse/2": (_ENDLESS, "Write `.. | select(…)` for the values below."),
}
"""What may run for ever, and what to write instead."""

FORBIDDEN_VARIABLES: dict[str, tuple[str, str]] = {
    "ENV": (_ENVIRONMENT, "Hand values over as input, secrets as `$secrets`."),
    "__prog_args": ("it belongs to jq", ""),
}
"""Variables that may neither be read nor bound."""


def arities(name: str, known: frozenset[str] = ALLOWED) -> list[int]:
    """With how many arguments a function may be called."""
    return sorted(int(each.partition("/")[2]) for each in known if each.startswith(f"{name}/"))
