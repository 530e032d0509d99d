"""Show settings and their schema."""

from dataclasses import asdict

from everloom.cli.output import Output
from everloom.settings import (
    SettingsInvalid,
    describe_settings,
    find_app_settings,
    load_settings,
    load_with_sources,
    settings_schema,
)


def show_settings(*, changed: bool, as_json: bool) -> None:
    """Show every setting, those of applications too."""
    out = Output(as_json=as_json)
    loaded = load_with_sources()
    applications, problems = find_app_settings(loaded.settings)
    rows = [
        row
        for row in describe_settings(loaded, applications)
        if not changed or row.source != "default"
    ]
    for problem in problems:
        out.say(f"warning: {problem.sentence()}")
    if as_json:
        out.document({"file": loaded.file, "settings": [asdict(row) for row in rows]})
        return
    out.say(f"Settings file: {loaded.file or 'none; defaults and environment only'}")
    for row in rows:
        out.setting(row.name, row.value, row.source, row.meaning)


def show_schema() -> None:
    """Print the JSON Schema of the settings file; also while something in that file is wrong."""
    out = Output(as_json=True)
    try:
        applications, problems = find_app_settings(load_settings())
    except SettingsInvalid as error:
        out.say("warning: The settings are wrong, so those of the applications are not in it.")
        applications, problems = [], list(error.problems)
    for problem in problems:
        out.say(f"warning: {problem.sentence()}")
    out.document(settings_schema(applications))
