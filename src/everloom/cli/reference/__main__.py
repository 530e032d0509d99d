"""Write the pages of `docs/reference` anew. Run it in the repository."""

from pathlib import Path

import typer

from everloom.cli.reference import commands_page, errors_page, settings_page, wire_names_page


def main() -> None:
    """Write every page that differs."""
    root = Path.cwd()
    pages = {
        "commands.md": commands_page(),
        "errors.md": errors_page(root),
        "settings.md": settings_page(root),
        "wire-names.md": wire_names_page(root),
    }
    for name, text in pages.items():
        path = root / "docs" / "reference" / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            typer.echo(f"wrote {path.relative_to(root)}")


if __name__ == "__main__":
    main()
