r"""What somebody writes who wants more of a definition than it gives: texts that try to become code.

Each one that holds code would set a flag in `builtins` if it were ever executed, wherever that is.
They hold `MARK`, so that every trace of them in compiled text can be found.
"""

import builtins

MARK = "everloom_escaped"
CODE = f"__import__('builtins').__dict__.update({MARK}=1)"
QUOTED = f'__import__("builtins").__dict__.update({MARK}=1)'


def escaped() -> bool:
    """Whether anything was executed."""
    return hasattr(builtins, MARK)


BREAKING_OUT: dict[str, str] = {
    "single-quote": f"' + str({QUOTED}) + '",
    "double-quote": f'" + str({CODE}) + "',
    "triple-single": f"'''\n{QUOTED}\n'''",
    "triple-double": f'"""\n{CODE}\n"""',
    "triple-double-call": f'""")\n{CODE}\n("""',
    "quote-and-newline": f"')\n{QUOTED}\n#",
    "double-quote-and-newline": f'")\n{CODE}\n#',
    "indented": f"\n        {CODE}\n        pass",
    "dedented": f'"""\n\n{CODE}\n\n\ndef x():\n    """',
    "carriage-return": f"x\r{CODE}\r#",
    "line-separator": f"x\u2028{CODE}\u2029#",
    "next-line": f"x\u0085{CODE}\u0085#",
    "form-feed": f"x\x0c{CODE}\x0c#",
    "vertical-tab": f"x\x0b{CODE}\x0b#",
    "backslash-at-the-end": f"{MARK}\\",
    "backslash-before-quote": f'\\" + {CODE} + \\"',
    "two-backslashes-before-quote": f'\\\\" + {CODE} + \\\\"',
    "backslash-newline": f"\\\n{CODE}",
    "statement": f"x; {CODE}; y",
    "comment": f"x #\n{CODE} #",
    "call": f"x({CODE})",
    "lambda": f"(lambda: {CODE})()",
    "decorator": f"@{CODE}\ndef x(): pass",
    "closing-all": f"}}])')\"]); {CODE} #",
    "assignment": f"x = [{CODE} for _ in [1]]",
}
"""Out of texts, calls, docstrings, comments and lines."""

FORMATTING: dict[str, str] = {
    "f-string": f"{{{CODE}}}",
    "f-string-conversion": f"{{{CODE}!r:>10}}",
    "f-string-doubled": f"{{{{{CODE}}}}}",
    "f-prefix": f"f'{{{QUOTED}}}'",
    "template": f"${{{MARK}",
    "jinja": f"{{{{ {CODE} }}}}",
    "jinja-statement": f"{{% set x = {CODE} %}}",
    "percent": f"%({MARK})s %s %d %",
    "str-format": f"{{0.__class__.__mro__[1].__subclasses__}} {MARK}",
    "named-escape": f"\\N{{DASH}} {MARK}",
    "named-quote": f"\\N{{QUOTATION MARK}}); {CODE} #",
    "hex-escape": f"\\x22); {CODE} #",
    "octal-escape": f"\\42); {CODE} #",
    "unicode-escape": f"\\u0022); {CODE} #",
    "long-unicode-escape": f"\\U00000022); {CODE} #",
    "broken-escapes": f"\\x \\u12 \\N \\U1 {MARK}",
}
"""Into what a template, a format or an escape would make of them."""

LOOKING_ALIKE: dict[str, str] = {
    "fullwidth-quotes": f"\uff02) \uff07; {CODE}",
    "curly-quotes": f"\u201d); {CODE}; \u201c",
    "modifier-quote": f"\u02bc); {CODE}; \u02bc",
    "greek-question-mark": f"x\u037e {CODE}",
    "fullwidth-name": f"\uff45\uff56\uff41\uff4c('{MARK}')",
    "mathematical-name": f"\U0001d486\U0001d499\U0001d486\U0001d484('{MARK}')",
    "right-to-left": f"\u202e{CODE}\u202c",
    "isolates": f"\u2066{CODE}\u2069\u2067#",
    "zero-width": f"\u200b{CODE}\u200d\ufeff",
    "combining": f"e\u0301\u0338{MARK}\u20dd",
    "beyond-the-plane": f"😀{MARK}👩‍🚀\U0010fffd",
    "soft-hyphen": f"ev\u00adal {MARK}",
    "dotless": f"\u0131mport {MARK}",
    "long-s": f"\u017felf.{MARK}",
}
"""Like what they are not."""

NAMES: dict[str, str] = {
    "dunder-class": f"__class__.{MARK}",
    "dunder-init": "__init__",
    "dunder-import": "__import__",
    "dunder-mark": f"__{MARK}__",
    "dunder-dict": "__dict__",
    "dunder-name": "__name__",
    "underscore": "_",
    "keyword-class": "class",
    "keyword-none": "None",
    "keyword-async": "async",
    "soft-keyword": "match",
    "self": "self",
    "here": "here",
    "data": "data",
    "run": "run",
    "execute": "execute",
    "super": "super().__init__",
    "workflow": "workflow",
    "defn": "workflow.defn",
    "flow": "Flow",
    "builtins": "builtins",
    "exec": "exec",
    "eval": f"eval('{MARK}')",
    "mark": MARK,
    "star": f"*{MARK}",
    "double-star": f"**{MARK}",
    "colon": f"{MARK}: int",
    "arrow": f"{MARK}) -> None:",
    "pointer": f"~0~1/{MARK}/~",
    "dots": f"../../{MARK}",
    "drive": f"C:\\{MARK}\\x.py",
    "empty": "",
    "space": " ",
    "number": "1",
    "negative": "-1",
    "leading-space": f"  {MARK}",
    "trailing-newline": f"{MARK}\n",
    "only-newline": "\n",
    "tab": f"\t{MARK}",
    "yaml-null": "~",
    "yaml-tag": f"!!python/object/apply:builtins.exec ['{MARK}']",
    "yaml-merge": "<<",
    "yaml-anchor": f"&{MARK} *{MARK}",
    "json": f'{{"{MARK}": 1}}',
    "shell": f"$({MARK}) `{MARK}` && {MARK}",
    "html": f"<script>{MARK}</script>",
    "sql": f"'; DROP TABLE {MARK}; --",
}
"""Names that mean something to somebody."""

LENGTHS: dict[str, str] = {
    "long": MARK * 200,
    "long-quotes": "'\"" * 2000 + MARK,
    "long-line": "x " * 3000 + MARK,
    "long-backslashes": "\\" * 2001 + MARK,
    "many-lines": f"\n{CODE}" * 100,
    "wide": "名" * 1000 + MARK,
    "spaces": " " * 1000 + MARK,
}
"""Longer than a line, a name or a literal of Python."""

CONTROLS: dict[str, str] = {
    f"control-{code:02x}": f"{MARK}{chr(code)}x"
    for code in [0, 1, 7, 8, 0x1A, 0x1B, 0x1F, 0x7F, 0x9B]
} | {
    "surrogate": f"{MARK}\ud800",
    "surrogate-pair": "\ud83d\ude00",
    "noncharacter": f"{MARK}\uffff",
}
"""Characters that end texts, files or terminals, or are half a character."""

PAYLOADS: dict[str, str] = {
    **BREAKING_OUT, **FORMATTING, **LOOKING_ALIKE, **NAMES, **LENGTHS, **CONTROLS,
}  # fmt: skip
