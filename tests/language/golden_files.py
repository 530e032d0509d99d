"""The Python that definitions people would draw become: `make golden` writes it anew.

The files are checked like code a person wrote: formatted, linted and typed by `make check`.
"""

import sys
from pathlib import Path

from everloom.language import Compiled, check_definition, compile_definition

EXAMPLES = Path(__file__).parents[2] / "examples" / "definitions"
GOLDEN = Path(__file__).parent / "golden"


def compiled(name: str) -> Compiled:
    """An example, compiled."""
    text = (EXAMPLES / name / "definition.yaml").read_text(encoding="utf-8")
    checked = check_definition(text)
    assert checked.definition is not None, checked.problems
    return compile_definition(checked.definition)


def names() -> list[str]:
    """The examples with a golden file."""
    return sorted(path.stem.replace("_", "-") for path in GOLDEN.glob("*.py"))


def path_of(name: str) -> Path:
    """The golden file of an example."""
    return GOLDEN / f"{name.replace('-', '_')}.py"


if __name__ == "__main__":
    for each in sys.argv[1:] or names():
        path_of(each).write_text(compiled(each).source, encoding="utf-8")
