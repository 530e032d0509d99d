"""A workflow whose file imports what people import: a database, data frames, HTTP, logs."""

import fastapi
import httpx2
import polars as pl
import sqlalchemy
import structlog
from temporalio import workflow

IMPORTED = (fastapi, httpx2, pl, sqlalchemy, structlog)


@workflow.defn(name="bench.heavy")
class Heavy:
    """Says how many libraries its file imports."""

    @workflow.run
    async def run(self) -> int:
        """The number."""
        return len(IMPORTED)
