"""What others wrote, on a terminal: shown, and never obeyed."""

_KEPT = "\n\t"


def visible(text: str) -> str:
    r"""A text whose control characters are written out: `\x1b` instead of an escape.

    A terminal takes them for orders: to clear itself, to name its window, to turn around what is
    written.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in _KEPT else ascii(letter)[1:-1]
        for letter in text
    )
