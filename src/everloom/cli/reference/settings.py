"""`settings.md`: every setting with its default and meaning, those of applications too."""

from pathlib import Path

from everloom.settings import (
    Loaded,
    SettingRow,
    Settings,
    describe_settings,
    find_app_settings,
    load_settings,
)

_HEAD = """# Settings

Made from the code by `python -m everloom.cli.reference`. A setting comes from its default, then from
`everloom.yaml` (or `config.yaml`) in the folder or one above it, then from the environment.
`everloom settings` shows what holds and where it came from; `everloom settings schema` prints the JSON
Schema that editors complete and check the file with.

In the file a setting stands below its section; in the environment it is written in capitals with two
underscores between the levels: `worker.drain` is `EVERLOOM_WORKER__DRAIN`. Durations are written `30s`,
`5m`, `1h30m`; rates `100/s`, `30/m`; sizes `256MiB`. `EVERLOOM_CONFIG` names another file.

Address, namespace, API key and TLS of Temporal come from where the `temporal` command takes them:
`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, or a profile in its TOML
file.
"""


def settings_page(root: Path) -> str:
    """The page; `root` is the repository, whose settings name its applications."""
    applications, _ = find_app_settings(load_settings(root))
    defaults = Settings.model_validate({"folder": "."})
    rows = describe_settings(Loaded(defaults, {}, None), applications)
    parts = [_HEAD]
    for section, below in _sections(rows).items():
        lines = [f"## `{section}`", "", "| setting | default | meaning |", "|---|---|---|"]
        lines += [f"| `{row.name}` | `{row.value}` | {_cell(row.meaning)} |" for row in below]
        parts.append("\n".join([*lines, ""]))
    return "\n".join(parts)


def _sections(rows: list[SettingRow]) -> dict[str, list[SettingRow]]:
    """Rows by section; an application is a section of its own."""
    sections: dict[str, list[SettingRow]] = {}
    for row in rows:
        levels = row.name.split(".")
        depth = 2 if levels[0] == "apps" else 1
        sections.setdefault(".".join(levels[:depth]), []).append(row)
    return sections


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
