"""May definitions start this kind of process here? Only what the setting `run.allow` names."""

from everloom.flow import step_fault
from everloom.settings import RunSettings

_WHAT = {
    "script": "scripts",
    "shell": "shell commands",
    "mcp-stdio": "MCP servers that are started by a command",
}


def check_allowed(kind: str, settings: RunSettings) -> None:
    """Refuse what the installation does not allow.

    Args:
        kind: A value of `run.allow`.
        settings: The section `run`.

    Raises:
        Fault: It is not allowed.
    """
    if kind in settings.allow:
        return
    names = ",".join(f'"{each}"' for each in (*settings.allow, kind))
    raise step_fault(
        "authorization",
        title="Process not allowed",
        detail=f"This worker starts no {_WHAT[kind]} for definitions. Whoever runs it allows them"
        f" with `EVERLOOM_RUN__ALLOW='[{names}]'` (the setting `run.allow`).",
    )
