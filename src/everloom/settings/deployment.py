"""Which version of the code a worker is: settings of Temporal's Worker Deployments.

A deployment's name is what tells production: who names one gets pinned runs. Under `--reload`, and
so in `everloom dev`, versions are always off: each save is another build, and a run that is pinned
to the build of a minute ago would wait for ever.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .sections import Section

UNVERSIONED = {"EVERLOOM_DEPLOYMENT__VERSIONING": "off"}
"""Variables of a worker process whose code may change at any moment."""

Versioning = Literal["off", "pinned", "auto-upgrade"]


class DeploymentSettings(Section):
    """Versions of workers: a run stays on the code that it began with."""

    name: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] | None = (
        None
    )
    """Name of the deployment that this installation's workers belong to, for example `shop`. Naming
    one makes the workers versioned; then the first version has to be promoted before any new run
    begins: `everloom deploy promote`."""

    build_id: Annotated[str, Field(max_length=200, pattern=r"^[^\s:]+$")] | None = None
    """Version of the code, for example a release or a commit. None: made from the sources of the
    application's packages, so that equal code is an equal version."""

    versioning: Versioning | None = None
    """`pinned`: a run stays on the version that it began with. `auto-upgrade`: it goes on with the
    current version, so every change must replay. `off`: workers have no version. None: `pinned` when
    `deployment.name` is set, else `off`. `everloom dev` and `--reload` always take `off`."""

    @property
    def is_versioned(self) -> bool:
        """Whether workers say which version they are."""
        return self.name is not None and self.versioning != "off"

    @property
    def behaviour(self) -> Versioning:
        """What holds for workflows that say nothing themselves."""
        return (self.versioning or "pinned") if self.is_versioned else "off"

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.versioning in {"pinned", "auto-upgrade"} and self.name is None:
            raise ValueError("versions need the name of a deployment: set `deployment.name`")
        return self
