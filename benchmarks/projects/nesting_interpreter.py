"""What B5 is compared with: one workflow that interprets definitions, with a child for each scope.

Interpreters of definitions on Temporal give each pass of a loop, each branch and each `try` a child
workflow: so a scope has a history of its own, can be cancelled alone, and its error caught. This one
knows what the benchmark's definitions say, and does nothing beyond that.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jq
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ChildWorkflowError

LIMIT = timedelta(seconds=30)
ONCE = RetryPolicy(maximum_attempts=1)

Tasks = Sequence[Mapping[str, Any]]


@dataclass
class Job:
    """Tasks to do, and what they see."""

    do: list[dict[str, Any]]
    data: Any = None
    variables: dict[str, Any] = field(default_factory=dict[str, Any])


@workflow.defn(name="bench.nesting-interpreter")
class NestingInterpreter:
    """Does tasks one after the other."""

    @workflow.run
    async def run(self, job: Job) -> Any:
        """The output of the last one."""
        return await self._all(job.do, job.data, job.variables)

    async def _all(self, do: Tasks, data: Any, variables: dict[str, Any]) -> Any:
        for item in do:
            for task in item.values():
                data = await self._task(task, data, variables)
        return data

    async def _task(self, task: Mapping[str, Any], data: Any, variables: dict[str, Any]) -> Any:
        match task:
            case {"set": value}:
                return _value(value, data, variables)
            case {"call": str(function), "with": arguments}:
                name = function.partition(":")[0]
                given = _value(arguments, data, variables)
                return await workflow.execute_activity(
                    name, given, start_to_close_timeout=LIMIT, retry_policy=ONCE
                )
            case {"for": {"each": each, "in": items}, "do": do}:
                for item in _evaluated(items, data, variables):
                    data = await self._scope(do, data, {**variables, each: item})
                return data
            case {"fork": {"branches": branches}}:
                scopes = [self._scope([branch], data, variables) for branch in branches]
                return list(await asyncio.gather(*scopes))
            case {"try": do, "catch": {"do": instead}}:
                try:
                    return await self._scope(do, data, variables)
                except ChildWorkflowError:
                    return await self._all(instead, data, variables)
            case _:
                raise NotImplementedError(list(task))

    async def _scope(self, do: Tasks, data: Any, variables: dict[str, Any]) -> Any:
        job = Job([dict(item) for item in do], data, variables)
        return await workflow.execute_child_workflow(NestingInterpreter.run, job)


def _value(value: Any, data: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _value(each, data, variables) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType] - JSON
    if isinstance(value, str) and value.startswith("${"):
        return _evaluated(value[2:-1], data, variables)
    return value


def _evaluated(expression: str, data: Any, variables: Mapping[str, Any]) -> Any:
    return jq.compile(expression, args=dict(variables)).input_value(data).first()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - jq has no stubs
