"""What does `call: mcp` ask of which server? The arguments of the standard, checked."""

from dataclasses import dataclass
from datetime import timedelta

from everloom import __version__
from everloom.flow import Fault, Json, step_fault
from everloom.flow.moments import duration
from everloom.settings import Settings
from everloom.steps.shapes import is_object

METHODS = (
    "tools/list",
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/read",
    "resources/templates/list",
)

VERSIONS = ("2025-06-18", "2024-11-05", "2025-03-26", "2025-11-25")
"""Those of the protocol that begin with `initialize`, as the standard wants it. The first is usual."""


@dataclass(frozen=True)
class McpCall:
    """A call, checked."""

    method: str
    parameters: dict[str, Json]
    version: str
    """Of the protocol, as it is offered to the server."""

    client: tuple[str, str]
    """Name and version that we go by."""

    timeout: timedelta
    http: dict[str, Json] | None
    """How to reach it over HTTP."""

    stdio: dict[str, Json] | None
    """How to start it, where it is no server of HTTP."""


def mcp_call(given: dict[str, Json], settings: Settings) -> McpCall:
    """The call that the arguments describe.

    Raises:
        Fault: An argument cannot be used.
    """
    http, stdio = _transport(given.get("transport"))
    usual = settings.http.timeout if stdio is None else settings.run.timeout
    wanted = given.get("timeout")
    return McpCall(
        method=_listed(given.get("method"), METHODS, "`method`"),
        parameters=_object(given.get("parameters"), "`parameters`"),
        version=_listed(given.get("protocolVersion") or VERSIONS[0], VERSIONS, "`protocolVersion`"),
        client=_client(given.get("client")),
        timeout=usual if wanted is None else duration(wanted),
        http=http,
        stdio=stdio,
    )


def unusable(detail: str) -> Fault:
    """The fault of arguments that make no call."""
    return step_fault("configuration", title="Call not usable", detail=detail)


def _transport(given: Json) -> tuple[dict[str, Json] | None, dict[str, Json] | None]:
    there = _object(given, "`transport`")
    if there.get("options"):
        raise unusable("`transport` has `options`, and none are known.")
    http, stdio = there.get("http"), there.get("stdio")
    if (http is None) == (stdio is None):
        raise unusable("`transport` has either `http` or `stdio`.")
    if http is not None:
        return _object(http, "`http`"), None
    return None, _object(stdio, "`stdio`")


def _client(given: Json) -> tuple[str, str]:
    if given is None:
        return "everloom", __version__
    client = _object(given, "`client`")
    return str(client.get("name", "")), str(client.get("version", ""))


def _object(given: Json, what: str) -> dict[str, Json]:
    if given is None:
        return {}
    if not is_object(given):
        raise unusable(f"{what} is no object.")
    return given


def _listed(given: Json, known: tuple[str, ...], what: str) -> str:
    if given not in known:
        raise unusable(f"{what} is {str(given)[:60]!r}, and one of {', '.join(known)} is needed.")
    return given
