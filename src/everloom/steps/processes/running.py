"""`run.script` and `run.shell`: a process of its own for each task, off unless a setting allows it."""

from collections.abc import Sequence

from temporalio import activity

from everloom.flow import SCRIPT, SHELL, Json, StepRequest
from everloom.steps.answering import Step, answering
from everloom.steps.external_resources import read_resource
from everloom.steps.means import Activity, Means

from .child import Command
from .collecting import run_to_end
from .limits import Limits
from .permitting import check_allowed
from .programs import script_command, shell_command
from .results import output_of
from .texts import text_of


class Processes:
    """The activities of scripts and shell commands."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._settings = means.settings.run
        self._limits = Limits.of(means.settings.run)

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        return [self.script, self.shell]

    async def close(self) -> None:
        """Nothing is held: a process ends with its activity."""

    @activity.defn(name=SCRIPT)
    async def script(self, request: StepRequest) -> Json:
        """Run a script.

        Raises:
            Fault: It is not allowed, cannot be started, failed, or took more than it may.
        """
        async with answering(request, self._means.secrets) as step:
            check_allowed("script", self._settings)
            code = await self._source(step)
            return await self._run(script_command(step.arguments, code, self._limits), step)

    @activity.defn(name=SHELL)
    async def shell(self, request: StepRequest) -> Json:
        """Run a shell command.

        Raises:
            Fault: It is not allowed, cannot be started, failed, or took more than it may.
        """
        async with answering(request, self._means.secrets) as step:
            check_allowed("shell", self._settings)
            return await self._run(shell_command(step.arguments), step)

    async def _run(self, command: Command, step: Step) -> Json:
        finished = await run_to_end(command, self._limits)
        return output_of(finished, step.arguments.get("return", "stdout"), step.veil)

    async def _source(self, step: Step) -> str:
        code = step.arguments.get("code")
        if code is not None:
            return text_of(code, "`code`")
        return (await read_resource(step.arguments.get("source"), step, self._means)).text
