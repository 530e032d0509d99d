"""The tables. A change here needs a revision in `migrations/versions`; a test compares the two.

What belongs to a project goes with it (`ON DELETE CASCADE`), but for events and the audit log, which
say that it was deleted. Each index serves a question of the collections, named beside it.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from .columns import JSON_TEXT, Moment, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_POSITION = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up only what it calls INTEGER."""


def _must(name: str, type: Any = Words) -> Column[Any]:
    return Column(name, type, nullable=False)


def _may(name: str, type: Any = Words) -> Column[Any]:
    return Column(name, type, nullable=True)


def _key(name: str, type: Any = Words) -> Column[Any]:
    return Column(name, type, primary_key=True)


def _of_project(*, key: bool = False) -> Column[Any]:
    reference = ForeignKey("projects.id", ondelete="CASCADE")
    return Column("project_id", Words, reference, primary_key=key, nullable=False)


users = Table(
    "users",
    metadata,
    _key("id"),
    Column("name", Words, nullable=False, unique=True),
    _may("email"),
    _must("is_admin", Boolean),
    _must("created_at", Moment),
    _may("disabled_at", Moment),
)

api_keys = Table(
    "api_keys",
    metadata,
    _key("id"),
    Column(
        "user_id", Words, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    _must("name"),
    Column("hash", Words, nullable=False, unique=True),
    _must("scopes", JSON_TEXT),
    _must("created_at", Moment),
    _may("expires_at", Moment),
    _may("last_used_at", Moment),
    _may("revoked_at", Moment),
)

projects = Table(
    "projects",
    metadata,
    _key("id"),
    Column("owner_id", Words, ForeignKey("users.id"), nullable=False),
    _must("name"),
    Column("queue", Words, nullable=False, unique=True),
    _must("title"),
    _must("description"),
    _must("limits", JSON_TEXT),
    _may("rollback", JSON_TEXT),
    _must("priority", Integer),
    _must("created_at", Moment),
    _may("deleted_at", Moment),
    _may("reconciled_at", Moment),
    UniqueConstraint("owner_id", "name"),
)

workflow_definitions = Table(
    "workflow_definitions",
    metadata,
    _key("id"),
    _of_project(),
    _must("namespace"),
    _must("name"),
    _must("draft"),
    _must("revision", Integer),
    _must("draft_by"),
    _must("draft_at", Moment),
    _must("created_at", Moment),
    UniqueConstraint("project_id", "namespace", "name"),
)

workflow_compiled_code = Table(
    "workflow_compiled_code",
    metadata,
    _key("id"),
    Column(
        "definition_id",
        Words,
        ForeignKey("workflow_definitions.id", ondelete="CASCADE"),
        nullable=False,
    ),
    _of_project(),
    _must("type_name"),
    _must("version"),
    _must("class_name"),
    _must("definition"),
    _must("source"),
    _must("files", JSON_TEXT),
    _must("sha256"),
    _must("activities", JSON_TEXT),
    _must("lines", JSON_TEXT),
    _must("compiler"),
    _must("jq"),
    _must("created_at", Moment),
    _must("author"),
    _must("note"),
    _must("active", Boolean),
    _may("activated_at", Moment),
    _may("retired_at", Moment),
    Column("fixes", Words, ForeignKey("workflow_compiled_code.id", ondelete="SET NULL")),
    Column("fixed_by", Words, ForeignKey("workflow_compiled_code.id", ondelete="SET NULL")),
    _may("own_from", Moment),
    UniqueConstraint("definition_id", "version"),
    UniqueConstraint("project_id", "type_name"),
    # At most one version of a definition is active, whoever activates at once.
    Index(
        "uq_workflow_compiled_code_active",
        "definition_id",
        unique=True,
        sqlite_where=text("active"),
        postgresql_where=text("active"),
    ),
)

run_pins = Table(
    "run_pins",
    metadata,
    Column(
        "version_id",
        Words,
        ForeignKey("workflow_compiled_code.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _key("workflow_id"),
    _key("run_id"),
    _must("reason"),
    _may("event", Integer),
    _may("task"),
    _may("line", Integer),
)

workflow_workers = Table(
    "workflow_workers",
    metadata,
    _of_project(key=True),
    _may("host"),
    _must("status"),
    _may("started_at", Moment),
    _may("last_heartbeat_at", Moment),
    _must("versions", JSON_TEXT),
    _must("errors", JSON_TEXT),
    _may("error"),
    _may("error_code"),
    _may("error_at", Moment),
    _must("restarts", Integer),
    Index(None, "status", "last_heartbeat_at"),  # who has been silent too long
)

hosts = Table(
    "hosts",
    metadata,
    _key("name"),
    _must("pid", Integer),
    _must("machine"),
    _must("slots", Integer),
    _must("projects", Integer),
    _must("is_draining", Boolean),
    _must("memory_bytes", BigInteger),
    _must("cpu_share", Double),
    _must("started_at", Moment),
    _must("last_heartbeat_at", Moment),
)

workflow_executions = Table(
    "workflow_executions",
    metadata,
    _of_project(key=True),
    _key("workflow_id"),
    _key("run_id"),
    _must("first_run_id"),
    _must("full_name"),
    _must("type_name"),
    _must("version"),
    _must("status"),
    _must("started_at", Moment),
    _may("closed_at", Moment),
    _may("duration_ms", BigInteger),
    _may("parent_workflow_id"),
    _may("error_code"),
    _may("error"),
    _may("input", JSON_TEXT),
    _may("output", JSON_TEXT),
    _may("cost", Double),
    _may("history_events", BigInteger),
    # Pages of the runs of a project, newest first: all, by status, by definition, by version.
    Index("ix_workflow_executions_newest", "project_id", "started_at", "run_id"),
    Index("ix_workflow_executions_status", "project_id", "status", "started_at", "run_id"),
    Index("ix_workflow_executions_name", "project_id", "full_name", "started_at", "run_id"),
    Index("ix_workflow_executions_type", "project_id", "type_name", "started_at", "run_id"),
)

activity_statistics = Table(
    "activity_statistics",
    metadata,
    _of_project(key=True),
    _key("hour", Moment),
    _key("type_name"),
    _key("activity"),
    _key("task"),
    _must("count", BigInteger),
    _must("failures", BigInteger),
    _must("retries", BigInteger),
    _must("total_ms", Double),
    _must("cost", Double),
    _must("histogram", JSON_TEXT),
    _may("last_error"),
    _may("last_error_at", Moment),
)

project_statistics = Table(
    "project_statistics",
    metadata,
    _of_project(key=True),
    _key("hour", Moment),
    _key("type_name"),
    _must("started", BigInteger),
    _must("completed", BigInteger),
    _must("failed", BigInteger),
    _must("canceled", BigInteger),
    _must("terminated", BigInteger),
    _must("timed_out", BigInteger),
    _must("total_ms", Double),
    _must("cost", Double),
    _must("histogram", JSON_TEXT),
)

recorded_batches = Table(
    "recorded_batches",
    metadata,
    _key("kind"),
    _key("id"),
    Column("at", Moment, nullable=False, index=True),
)

events = Table(
    "events",
    metadata,
    Column("position", _POSITION, primary_key=True),
    _may("project_id"),
    _must("type"),
    _must("subject"),
    Column("at", Moment, nullable=False, index=True),
    _may("data", JSON_TEXT),
    Index(None, "project_id", "position"),
    sqlite_autoincrement=True,  # a position is never given twice, though events are deleted
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("position", _POSITION, primary_key=True),
    _must("at", Moment),
    _must("user"),
    _must("action"),
    _may("project_id"),
    _must("subject"),
    _may("before", JSON_TEXT),
    _may("after", JSON_TEXT),
    _must("forced", Boolean),
    _must("note"),
    Index(None, "project_id", "position"),
    sqlite_autoincrement=True,
)
