"""Which run is meant by what a person typed: an id, or an id and exactly one run of it. Pure."""

import re
from dataclasses import dataclass

_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class RunReference:
    """A run of an id; the latest one when no run id was given."""

    workflow_id: str
    run_id: str | None = None


def parse_reference(text: str) -> RunReference:
    """Read `ID` or `ID@RUN`. An `@` that no run id follows belongs to the id."""
    id, at, run_id = text.rpartition("@")
    if at and id and _RUN_ID.fullmatch(run_id):
        return RunReference(id, run_id)
    return RunReference(text)
