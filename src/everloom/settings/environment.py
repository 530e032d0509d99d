"""The parts of the environment that other rooms hand on."""

import os
from collections.abc import Mapping


def temporal_environment() -> dict[str, str]:
    """The `TEMPORAL_*` variables, as `temporalio.envconfig` reads them."""
    return {name: value for name, value in os.environ.items() if name.startswith("TEMPORAL_")}


def adopt_environment(changes: Mapping[str, str]) -> None:
    """Set variables of this process: those its parent knew only after starting it."""
    os.environ.update(changes)


def child_environment(**changes: str) -> dict[str, str]:
    """The environment for a child process of ours, with some variables set."""
    return {**os.environ, **changes}
