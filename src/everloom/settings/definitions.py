"""Settings of what definitions do outside: which addresses they reach, what they run, their secrets.

A definition may come from somebody who is trusted less than the code of a worker is. So the
defaults refuse what could be turned against the worker's own surroundings.
"""

import os
import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AnyHttpUrl, ByteSize, Field, PositiveInt

from .sections import PositiveDuration, Section

SECRET_PREFIX = "EVERLOOM_SECRET_"  # noqa: S105 - how variables begin that hold some
"""The one prefix below `EVERLOOM_` that names no settings."""

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?:\*|(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?")


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, written in one way: `https://api.example.com`.

    Raises:
        ValueError: It has none.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower().rstrip(".")
    if scheme not in _PORTS or not host:
        raise ValueError(f"{url!r} is no origin: write it as `https://api.example.com`")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    written = f"[{host}]" if ":" in host else host
    port = parts.port
    return (
        f"{scheme}://{written}"
        if port in {None, _PORTS[scheme]}
        else f"{scheme}://{written}:{port}"
    )


def _origin(text: str) -> str:
    origin = origin_of(text)
    parts = urlsplit(text)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"{origin!r} is all that an origin has: no path, query or password")
    return origin


def _place(text: str) -> str:
    """A host, a pattern of hosts, an address or a network."""
    written = text.strip().lower()
    try:
        return str(ip_network(written.strip("[]"), strict=False))
    except ValueError:
        if "/" in written or not _HOST.fullmatch(written):
            raise ValueError(
                f"{text!r} is neither a host (`api.example.com`, `*.example.com`)"
                " nor a network (`10.1.0.0/16`)"
            ) from None
    return written.rstrip(".")


def _outside_the_settings(prefix: str) -> str:
    taken = prefix.upper().startswith("EVERLOOM_") and prefix.upper() != SECRET_PREFIX
    if taken or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", prefix):
        raise ValueError(f"use `{SECRET_PREFIX}`, or letters, digits and `_` without `EVERLOOM_`")
    return prefix


Origin = Annotated[str, AfterValidator(_origin)]
Place = Annotated[str, AfterValidator(_place)]
SecretPrefix = Annotated[str, AfterValidator(_outside_the_settings)]


class HttpSettings(Section):
    """What the calls of definitions may reach, and how long and how much they may take."""

    allow: tuple[Place, ...] = ()
    """What may be reached: hosts (`api.example.com`), patterns (`*.example.com`), addresses and
    networks (`10.1.0.0/16`). Empty: every public address. A network named here may be reached
    although it is private; a name may not be used for that, because whoever runs its DNS would
    decide. `*` stands for every host, to be listed beside a private network."""

    deny: tuple[Place, ...] = ()
    """What may not be reached whatever `allow` says, written alike."""

    private: bool | None = None
    """Whether private addresses may be reached: loopback, private and link-local networks, shared
    address space (100.64.0.0/10), metadata services of clouds, multicast. None: refused."""

    rewrite: dict[Origin, Origin] = Field(default_factory=dict[Origin, Origin])
    """Origins that stand for others in development and tests, for example
    `{"https://api.example.com": "http://127.0.0.1:8099"}`. Path and headers stay, results show the
    original, and the target may be reached whatever the other settings say."""

    ca_file: Path | None = None
    """File of the certificate authorities that are trusted, in PEM. None: that of `SSL_CERT_FILE`,
    else the machine's own."""

    timeout: PositiveDuration = timedelta(seconds=30)
    """How long one call may take from its first byte to its last, redirects and tokens included."""

    connect_timeout: PositiveDuration = timedelta(seconds=10)
    """How long finding and connecting to a server may take."""

    max_response: ByteSize = ByteSize(8 * 1024 * 1024)
    """Largest response, after decompression. Temporal itself takes 2 MiB; what is larger goes to the
    object store (`payloads.external`), and several of this size fit into a worker's memory."""

    max_redirects: Annotated[int, Field(ge=0)] = 10
    """Redirects that one call follows, where the definition lets it follow any."""

    connections: PositiveInt = 100
    """Connections that one worker process keeps at most."""


class RunSettings(Section):
    """What definitions may run in a process of its own: nothing, unless it is named here."""

    allow: tuple[Literal["script", "shell", "mcp-stdio"], ...] = ()
    """`script`: scripts in Python or JavaScript. `shell`: commands. `mcp-stdio`: MCP servers that are
    started by a command. All run with the rights of the worker's user, so name them only where you
    trust everybody who can publish a definition."""

    timeout: PositiveDuration = timedelta(seconds=60)
    """How long a process may run, with all that it begins."""

    memory: ByteSize = ByteSize(512 * 1024 * 1024)
    """What a process may take together with all that it begins, without what it reads from files. No
    file that it writes may be larger either."""

    output: ByteSize = ByteSize(1024 * 1024)
    """What a process may write, each to its output and its errors."""


class SecretSettings(Section):
    """Where the secrets of definitions (`use.secrets`) come from: the file, the folder, variables.

    The first that has a secret is taken. A secret is a text, or an object of several fields.

    Definitions of a project know the secrets of that project only. They are by name below
    `projects.{queue}` in the file, in the folder `projects/{queue}`, and in one JSON object in the
    variable `EVERLOOM_SECRET_PROJECT_{QUEUE}`.
    """

    file: Path | None = None
    """File in JSON or YAML that holds secrets by name."""

    folder: Path | None = None
    """Folder with a file for each secret (as Docker has it: `/run/secrets`), or a folder for each
    secret with a file for each of its fields (as a mounted Kubernetes secret)."""

    environment_prefix: SecretPrefix | None = SECRET_PREFIX
    """How variables begin that hold secrets. The name follows in capitals, with `_` for what is no
    letter or digit: `pet-store` is in `EVERLOOM_SECRET_PET_STORE`. A value that is a JSON object has
    several fields. None: no variable is read."""


def secret_variable(prefix: str, name: str) -> str | None:
    """The value of the variable that holds a secret, if it is set."""
    return os.environ.get(prefix + re.sub(r"[^A-Za-z0-9]", "_", name).upper())


def is_secret_variable(name: str) -> bool:
    """Whether a variable holds a secret of definitions, and no setting."""
    return name.upper().startswith(SECRET_PREFIX)


class EventSettings(Section):
    """Where the events go that definitions emit."""

    sinks: tuple[AnyHttpUrl, ...] = ()
    """Addresses that each event is posted to, as a CloudEvent in JSON. One that is away is tried until
    it answers. Empty: events stand in the histories of their runs."""
