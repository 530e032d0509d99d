"""How large a definition may be. Larger ones are refused before anything is made of them."""

MAX_BYTES = 1024 * 1024
"""Length of the text in UTF-8."""

MAX_DEPTH = 100
"""Values in values: objects and lists, the definition itself included."""

MAX_VALUES = 100_000
"""Values of all kinds, with aliases written out: a few lines of aliases of aliases make billions."""
