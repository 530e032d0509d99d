"""Draw a definition, and show the schema of all of them."""

from pathlib import Path

from everloom.cli.exits import OK, USAGE
from everloom.cli.output import Output
from everloom.control.definitions import DefinitionRefused, Found, read_source
from everloom.core import Invalid
from everloom.language import check_definition, definition_schema
from everloom.language.graph import to_mermaid, to_svg

from .reports import say_found

DRAWN = {"mermaid": to_mermaid, "svg": to_svg}


class DrawingUnwritable(Invalid):
    """A drawing cannot be written where it shall be."""

    code = "drawing-unwritable"


def draw(file: str, format: str, output: str | None) -> int:
    """Print or write the drawing; a definition with errors has none."""
    out = Output(as_json=False)
    try:
        source = read_source(file)
    except DefinitionRefused as error:
        say_found(out, error.found)
        return USAGE
    checked = check_definition(source.content)
    if checked.definition is None:
        say_found(out, [Found(source.name, each) for each in checked.problems])
        return USAGE
    drawn = DRAWN["svg" if output and output.endswith(".svg") else format](checked.definition)
    if output is None:
        out.line(drawn.removesuffix("\n"))
        return OK
    try:
        Path(output).write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise DrawingUnwritable(f"{output!r} cannot be written: {error.strerror}.") from error
    out.say(f"Drawn into {output}.")
    return OK


def print_schema() -> None:
    """Print the schema."""
    Output(as_json=True).document(definition_schema())
