"""Every setting: its type, unit, default, and why it has that default.

What stands under a field is its documentation everywhere: `everloom settings`, the JSON Schema and
`docs/reference/settings.md` are made from it.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
)

from everloom.core import Duration

from .rates import Rate

Port = Annotated[int, Field(ge=1, le=65535)]


def _more_than_nothing(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("it must be more than 0")
    return value


PositiveDuration = Annotated[Duration, AfterValidator(_more_than_nothing)]
"""A duration above zero."""


class Section(BaseModel):
    """One group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class AppSettings(Section):
    """Base of an application's own settings, below `apps.<app>`."""

    app: ClassVar[str]
    """The application's name below `apps`."""


class TemporalSettings(Section):
    """How to reach Temporal.

    Address, namespace, API key and TLS come from where the `temporal` command takes them: a profile
    in its TOML file, or `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY` and
    `TEMPORAL_TLS_*`.
    """

    profile: str | None = None
    """Profile in the `temporal` command's TOML file. None: `TEMPORAL_PROFILE`, else `default`."""

    config_file: Path | None = None
    """That TOML file. None: `TEMPORAL_CONFIG_FILE`, else the `temporal` command's own place."""

    converter: str | None = None
    """Your own data converter, as `package.module:name` of a `DataConverter` or of a function that
    makes one. It takes the place of ours with all of it: `payloads` is not used then.
    None: ours."""

    health_timeout: PositiveDuration = timedelta(seconds=5)
    """How long a health check may take before Temporal counts as unhealthy."""

    retry_first: PositiveDuration = timedelta(milliseconds=200)
    """Wait before the second attempt to connect; it doubles with each further one."""

    retry_cap: PositiveDuration = timedelta(seconds=15)
    """Longest wait between two attempts to connect."""

    renew_every: PositiveDuration = timedelta(seconds=10)
    """How often certificates and the profile's API key are looked at, so that new ones are taken
    over without a restart."""

    pool_size: PositiveInt = 10
    """Connections a pool holds at most. One connection carries thousands of calls; a pool is for
    callers that move large payloads side by side."""


class EngineSettings(Section):
    """The embedded Temporal that `everloom dev` starts when no `TEMPORAL_ADDRESS` is set."""

    binary: Path | None = None
    """The `temporal` command to start. None: the one on PATH, else the one that `everloom[dev]`
    installs, else the SDK's own download."""

    folder: Path = Path(".everloom")
    """Where its database, log and lock live. They survive restarts."""

    ip: str = "127.0.0.1"
    """Address it listens on. Anything but loopback shows an unprotected server to the network."""

    port: Port = 7233
    """Port of the server. When it is taken by something else, a free one is used and named."""

    ui_port: Port = 8233
    """Port of Temporal's own web interface."""

    ui: bool = True
    """Serve Temporal's own web interface."""

    ui_codec: str | None = None
    """Codec endpoint that this interface asks to show payloads that are compressed or encrypted.
    None: `everloom dev` names the API's own when it is needed."""

    namespace: str = "default"
    """Namespace that is made at start-up."""

    tuned: bool = True
    """Set the server's queue polling for one small machine: about a third of the stock latency."""

    start_timeout: PositiveDuration = timedelta(seconds=30)
    """How long it may take until it answers."""


class WorkflowSettings(Section):
    """Time limits of a run, where the caller names none."""

    execution_timeout: PositiveDuration = timedelta(hours=24)
    """Longest life of a run with all its retries and continuations."""

    run_timeout: PositiveDuration = timedelta(hours=2)
    """Longest life of one link of that chain."""

    task_timeout: PositiveDuration = timedelta(seconds=10)
    """How long a worker may take over one workflow task before another worker gets it."""


class RetrySettings(Section):
    """How failed activities are tried again, where the policy of a call says nothing else."""

    attempts: Annotated[int, Field(ge=0)] = 5
    """Attempts in all; 0 means without end."""

    coefficient: Annotated[float, Field(ge=1)] = 2.0
    """By what each wait is longer than the one before."""

    first_interval: PositiveDuration = timedelta(seconds=1)
    """Wait before the second attempt."""

    cap: PositiveDuration = timedelta(seconds=100)
    """Longest wait between two attempts."""


class ActivitySettings(Section):
    """Limits of an activity, where the policy of a call says nothing else."""

    start_to_close: PositiveDuration = timedelta(minutes=20)
    """Longest time one attempt may take."""

    heartbeat: PositiveDuration | None = None
    """Longest silence of an activity that reports heartbeats. None: silence is no failure."""

    retry: RetrySettings = RetrySettings()
    """How failed activities are tried again."""


class QueueProfile(Section):
    """What one kind of queue may use."""

    workflow_tasks: PositiveInt
    """Workflow tasks at once in one worker process."""

    activities: PositiveInt
    """Activities at once in one worker process."""

    workers: PositiveInt = 1
    """Worker processes that `everloom worker` starts for such a queue."""

    rate: Rate | None = None
    """Activities started a second over all workers of the queue; Temporal itself holds to it.
    Written `100/s`, `30/m` or as a number a second. None: no limit."""


PROFILES = {
    "high-priority": QueueProfile(workflow_tasks=100, activities=50, workers=5, rate=100.0),
    "standard": QueueProfile(workflow_tasks=50, activities=25, workers=3, rate=50.0),
    "background": QueueProfile(workflow_tasks=10, activities=5, workers=1, rate=10.0),
    "scheduled": QueueProfile(workflow_tasks=5, activities=5, workers=1),
}


class QueueSettings(Section):
    """Queues and the profiles they follow."""

    profiles: dict[str, QueueProfile] = {}
    """Own profiles by name, besides high-priority, standard, background and scheduled; one of these
    four names replaces that profile."""

    bind: dict[str, str] = {}
    """Own queues: the queue's name and its profile's. Each profile is also a queue of its name."""

    default: str = "standard"
    """The queue of workflows and activities that name none."""

    def profile_names(self) -> tuple[str, ...]:
        """Every profile there is."""
        return tuple({**PROFILES, **self.profiles})

    def names(self) -> tuple[str, ...]:
        """Every queue there is."""
        return tuple(dict.fromkeys((*self.profile_names(), *self.bind)))

    def find_profile(self, queue: str) -> QueueProfile | None:
        """The profile of a queue; None when there is no such queue or no such profile."""
        return {**PROFILES, **self.profiles}.get(self.bind.get(queue, queue))


class CatalogSettings(Section):
    """Where workflows and activities are found."""

    packages: tuple[str, ...] = ()
    """Python packages that are searched for workflows and activities, with all their modules."""

    paths: tuple[Path, ...] = (Path(),)
    """Folders those packages may lie in, besides the installed ones."""


class WorkerSettings(Section):
    """How worker processes poll, drain and report."""

    drain: Duration = timedelta(seconds=30)
    """How long a stopping worker lets running activities finish.

    Keep it below the `terminationGracePeriodSeconds` of the pod, or Kubernetes kills it first.
    """

    heartbeat: PositiveDuration = timedelta(seconds=10)
    """How often a worker process says that it lives."""

    threads: PositiveInt = 32
    """Threads for activities that are plain functions (not `async def`), at least: a process has as
    many more as its profiles have slots, because a slot without a thread would only wait."""

    environment: dict[str, str] = {}
    """Variables that worker processes start with, unless they are set already.

    Libraries with a thread pool of their own are best told here to keep it small, for example
    `POLARS_MAX_THREADS: "1"`: a worker runs many activities side by side anyway."""

    watchdog: PositiveDuration = timedelta(seconds=1)
    """How long the event loop may stand still before the activity that blocks it is named."""

    health_host: str = "127.0.0.1"
    """Address of the health endpoints `/healthz` and `/readyz`."""

    health_port: Annotated[int, Field(ge=0, le=65535)] = 8081
    """Port of the health endpoints; 0 takes a free one and names it."""

    restart_first: PositiveDuration = timedelta(milliseconds=500)
    """Wait before a worker process that crashed is started again; it doubles with each crash."""

    restart_cap: PositiveDuration = timedelta(seconds=30)
    """Longest wait before a worker process that crashed is started again."""

    reload_breaking: Literal["hold", "warn", "take"] = "hold"
    """What a reload does with saved code that open runs could not go on with: `hold` keeps the old
    code until it is mended, or saved once more as it is; `warn` takes it and says so; `take` takes
    it without a look at the runs."""


class StoreSettings(Section):
    """Where data is kept."""

    url: SecretStr | None = None
    """Database of projects, versions, runs and statistics, as `postgresql://user:password@host/name`
    or `sqlite:///path/to/file.db`. None: SQLite at `.everloom/everloom.db`, which the processes of
    one machine share; more than one machine needs PostgreSQL and `everloom[postgres]`."""

    migrate: bool = True
    """Bring the tables of PostgreSQL to the version of the code when it is opened. Switched off, a
    database that is behind is refused (`store-outdated`). SQLite is always brought along."""

    pool_size: PositiveInt = 10
    """Connections to PostgreSQL that a process holds at most. SQLite: those that read at once."""

    connect_timeout: PositiveDuration = timedelta(seconds=5)
    """How long connecting to PostgreSQL may take."""

    statement_timeout: PositiveDuration = timedelta(seconds=30)
    """How long PostgreSQL may take over one statement, and how long a transaction waits for a free
    connection or, on SQLite, until another one has written."""

    objects: str = ".everloom/objects"
    """Folder or address of the object store: a path, `s3://bucket/prefix`, `gs://bucket/prefix` or
    `az://container/prefix`."""

    objects_region: str | None = None
    """Region of the S3 bucket."""

    objects_endpoint: str | None = None
    """Address of a compatible service; None is Amazon's, Google's or Microsoft's own."""

    objects_key_id: SecretStr | None = None
    """Access key of the S3 bucket. None: the usual places of the AWS tools."""

    objects_secret: SecretStr | None = None
    """Secret of that access key; on Azure the key of the storage account."""

    objects_account: str | None = None
    """Storage account on Azure. None: the usual places of Azure's tools."""

    objects_credentials: Path | None = None
    """File of a service account on Google Cloud. None: the usual places of Google's tools."""


class ApiSettings(Section):
    """The HTTP API."""

    host: str = "127.0.0.1"
    """Address it listens on. There is no sign-in yet: anything but loopback is open to everybody."""

    port: Port = 8000
    """Port it listens on. When it is taken, `everloom dev` uses a free one and names it."""

    hosts: tuple[str, ...] = ()
    """Names that requests may call this server by, besides loopback's own. Empty: while it listens
    on loopback no other name is taken, which keeps web pages of foreign names out; otherwise any."""

    body_limit: ByteSize = ByteSize(256 * 1024 * 1024)
    """Largest request body, for example an uploaded product file."""


class LogSettings(Section):
    """What is logged, and how it looks."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is written."""

    format: Literal["console", "json"] = "console"
    """`console` for people, `json` for machines: one object a line."""
