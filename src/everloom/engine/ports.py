"""Which ports does the server get, and who sits on the one it wanted?"""

import socket
from dataclasses import dataclass

import psutil

from .errors import PortTaken


@dataclass(frozen=True)
class Choice:
    """A port, and what a person should know about it."""

    port: int
    note: str = ""
    """Why it is not the wanted one; empty when it is."""


def choose_port(ip: str, wanted: int, *, default: int, setting: str) -> Choice:
    """The wanted port, or a free one when the wanted one is only the default.

    Raises:
        PortTaken: It was asked for by a setting and is in use.
    """
    if is_free(ip, wanted):
        return Choice(wanted)
    holder = port_holder(wanted)
    if wanted != default:
        raise PortTaken(
            f"Port {wanted} (`{setting}`) is taken by {holder}.",
            hint=f"Stop that process, or give `{setting}` another port.",
        )
    port = free_port(ip)
    return Choice(port, f"Port {wanted} is taken by {holder}; {port} is used instead.")


def is_free(ip: str, port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        with _socket(ip) as probe:
            probe.bind((ip, port))
    except OSError:
        return False
    return True


def free_port(ip: str = "127.0.0.1") -> int:
    """A port nobody listens on."""
    with _socket(ip) as probe:
        probe.bind((ip, 0))
        port: int = probe.getsockname()[1]
    return port


def port_holder(port: int) -> str:
    """The process that listens on a port, in words."""
    try:
        pids = {
            connection.pid
            for connection in psutil.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
        }
        names = [f"`{psutil.Process(pid).name()}` (pid {pid})" for pid in pids if pid is not None]
    except psutil.Error:
        names = []
    return " and ".join(sorted(names)) or "a process of another user"


def _socket(ip: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
    # Without it, connections in TIME_WAIT would make a port look taken that a server can have.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made
