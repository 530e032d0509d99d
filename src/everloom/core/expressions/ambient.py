"""What reaches outside an expression, and so is evaluated nowhere, whoever wrote it.

Definitions that use these are refused when they are checked; this is the second lock on the same
door, for workflow code that nobody checked.
"""

AMBIENT = frozenset({
    "builtins", "debug", "env", "get_jq_origin", "get_prog_origin", "get_search_list", "halt",
    "halt_error", "have_decnum", "have_literal_numbers", "input", "input_filename",
    "input_line_number", "inputs", "localtime", "modulemeta", "now", "stderr", "strflocaltime",
})  # fmt: skip
"""Functions, with however many arguments."""

AMBIENT_VARIABLES = frozenset({"ENV", "__prog_args"})
