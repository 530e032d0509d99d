"""The whole tree of settings."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .definitions import EventSettings, HttpSettings, RunSettings, SecretSettings
from .deployment import DeploymentSettings
from .payloads import PayloadSettings
from .problems import SettingsInvalid, problems_of
from .projects import HostSettings, ProjectSettings
from .replay import ReplaySettings
from .sections import (
    ActivitySettings,
    ApiSettings,
    AppSettings,
    CatalogSettings,
    EngineSettings,
    LogSettings,
    QueueSettings,
    StoreSettings,
    TemporalSettings,
    WorkerSettings,
    WorkflowSettings,
)

AppSettingsT = TypeVar("AppSettingsT", bound=AppSettings)


class Settings(BaseSettings):
    """Everything that may differ between two installations, and nothing else."""

    model_config = SettingsConfigDict(
        env_prefix="EVERLOOM_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
    )

    folder: Path = Path()
    """Where relative paths start: the folder of the settings file, else the current one."""

    temporal: TemporalSettings = TemporalSettings()
    """How to reach Temporal."""

    engine: EngineSettings = EngineSettings()
    """The embedded Temporal."""

    workflows: WorkflowSettings = WorkflowSettings()
    """Time limits of a run."""

    activities: ActivitySettings = ActivitySettings()
    """Time limits and retries of activities."""

    queues: QueueSettings = QueueSettings()
    """Queues and the profiles they follow."""

    catalog: CatalogSettings = CatalogSettings()
    """Where workflows and activities are found."""

    worker: WorkerSettings = WorkerSettings()
    """Polling, draining and reporting of workers."""

    deployment: DeploymentSettings = DeploymentSettings()
    """Versions of workers: a run stays on the code that it began with."""

    replay: ReplaySettings = ReplaySettings()
    """Replaying of histories."""

    store: StoreSettings = StoreSettings()
    """Where data is kept."""

    projects: ProjectSettings = ProjectSettings()
    """Who owns projects, and what each may use."""

    hosts: HostSettings = HostSettings()
    """Processes that carry the workers of projects."""

    payloads: PayloadSettings = PayloadSettings()
    """What becomes of inputs and results on their way to Temporal."""

    http: HttpSettings = HttpSettings()
    """What the calls of definitions may reach."""

    run: RunSettings = RunSettings()
    """What definitions may run in a process of its own."""

    secrets: SecretSettings = SecretSettings()
    """Where the secrets of definitions come from."""

    events: EventSettings = EventSettings()
    """Where the events go that definitions emit."""

    api: ApiSettings = ApiSettings()
    """The HTTP API."""

    log: LogSettings = LogSettings()
    """What is logged, and how."""

    apps: dict[str, dict[str, Any]] = {}
    """Settings of applications by the application's name; each application checks its own."""

    def path(self, path: Path | str) -> Path:
        """A path of the settings as an absolute one."""
        return (self.folder / path).absolute()

    def app(self, section: type[AppSettingsT]) -> AppSettingsT:
        """The settings of one application, checked.

        Raises:
            SettingsInvalid: They do not fit the class.
        """
        try:
            return section.model_validate(self.apps.get(section.app, {}))
        except ValidationError as error:
            raise SettingsInvalid(problems_of(error, section, ("apps", section.app))) from None
