"""How a check says no to a row."""

SHOWN = 80
"""Characters of a value that are shown with a problem."""


class RowRefused(Exception):
    """This row cannot become a product. Never leaves the package: it becomes a `RowProblem`."""

    def __init__(self, code: str, reason: str, *, field: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.field = field
        self.value = value


def shown(value: str) -> str:
    """A value as it stands in a report: short, on one line, and surely printable."""
    line = " ".join(value[: 4 * SHOWN].split())
    printable = line.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    return printable if len(printable) <= SHOWN else printable[: SHOWN - 1] + "…"
