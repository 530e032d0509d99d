"""Migrations: the revisions in `migrations`, run by alembic in one transaction of ours."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select, text

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x7363_6865_6D61
"""Of PostgreSQL's advisory locks: "schema" in ASCII."""

_log = logging.getLogger(__name__)


def lock(connection: Connection) -> None:
    """Let nobody else migrate before the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # Changing a large table takes as long as it takes.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a later revision."""
    command.upgrade(_config(connection), revision)
    _log.info("store migrated", extra={"revision": revision})


def downgrade(connection: Connection, revision: str) -> None:
    """Bring the tables back to an earlier revision, or with `base` to none."""
    command.downgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    logging.getLogger("alembic").setLevel(
        logging.WARNING
    )  # its steps are of no interest to anybody
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
