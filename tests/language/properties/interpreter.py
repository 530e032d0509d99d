"""What a definition does, told as plainly as possible: the reference the compiler is held to.

Written from the standard and the project's rulings alone. Time does not pass here: waits are
instantaneous, retries come at once, and the branches of a fork run one after another. What real
concurrency may order differently is named in `Outcome.racing`.
"""

from collections.abc import Sequence
from dataclasses import replace

import jsonschema_rs
from tests.language.properties.expressions import (
    ExpressionFails,
    evaluate,
    fill,
    is_true,
    transform,
)
from tests.language.properties.outcome import (
    EndOfWorkflow,
    Outcome,
    Task,
    TooLong,
    Variables,
    escaped,
)
from tests.language.properties.problems import Json, TaskFault, standard_fault
from tests.language.properties.working import work

STEPS = 3000
"""A definition that takes more steps is none of ours to judge."""


def interpret(
    definition: dict[str, Json], data: Json, others: Sequence[dict[str, Json]] = ()
) -> Outcome:
    """Run a definition to its end; `others` are there for `run.workflow`."""
    return Run(definition, data, others).outcome()


class Run:
    """One run of one definition."""

    def __init__(
        self, definition: dict[str, Json], data: Json, others: Sequence[dict[str, Json]]
    ) -> None:
        self.definition = definition
        self.others = others
        self.input = data
        self.context: Json = None
        self.done = Outcome("running")
        self.pauses = 0
        self.called = 0
        self.use: dict[str, Json] = definition.get("use", {})

    def outcome(self) -> Outcome:
        """Run to the end."""
        try:
            self.done.output = self.workflow()
            self.done.status = "completed"
        except TaskFault as fault:
            self.done.error = fault.problem
            self.done.status = "faulted"
        return self.done

    def workflow(self) -> Json:
        """The output of the whole definition."""
        data = self.input
        self.check(self.definition.get("input", {}), data, "")
        if "from" in self.definition.get("input", {}):
            data = self.reshape(self.definition["input"]["from"], data)
        try:
            data = self.task_list(self.definition["do"], data, "/do", {})
        except EndOfWorkflow as end:
            data = end.output
        if "as" in self.definition.get("output", {}):
            data = self.reshape(self.definition["output"]["as"], data)
        self.check(self.definition.get("output", {}), data, "")
        return data

    def reshape(self, wanted: Json, data: Json) -> Json:
        """What `input.from` or `output.as` of the whole definition makes of data."""
        try:
            return transform(wanted, data, self.ambient())
        except ExpressionFails as error:
            raise standard_fault("expression", "", str(error)) from error

    def ambient(self) -> dict[str, Json]:
        """What every expression may mention, as far as it is the same in every run."""
        workflow = {"definition": self.definition, "input": self.input}
        return {"context": self.context, "workflow": workflow, "runtime": {}}

    def task_list(
        self, tasks: Sequence[dict[str, Json]], data: Json, at: str, around: Variables
    ) -> Json:
        """Run the tasks of a scope from the first until one of them leaves it."""
        names = [next(iter(each)) for each in tasks]
        position = 0
        while position < len(tasks):
            name = names[position]
            where = f"{at}/{position}/{escaped(name)}"
            data, then = self.task(Task(where, name, tasks[position][name], data, around))
            if then == "exit":
                break
            if then == "end":
                raise EndOfWorkflow(data)
            position = position + 1 if then == "continue" else names.index(then)
        return data

    def task(self, task: Task) -> tuple[Json, str]:
        """Run a task; answer its transformed output and where to go on."""
        try:
            if not self.holds(task.definition, "if", task.raw, task):
                self.log(task, "skipped")
                return task.raw, "continue"
            self.log(task, "started")
            output, then = self.stages(task)
        except EndOfWorkflow:
            self.log(task, "completed")
            raise
        except TaskFault:
            self.log(task, "faulted")
            raise
        self.log(task, "completed")
        return output, then or task.definition.get("then", "continue")

    def stages(self, task: Task) -> tuple[Json, str | None]:
        """Input, the work itself, output, export: of a task that is not skipped."""
        definition = task.definition
        data = task.raw
        self.check(definition.get("input", {}), data, task.at)
        if "from" in definition.get("input", {}):
            data = self.transform(definition["input"]["from"], data, task)
        task = task.knowing(input=data)
        self.pauses += "timeout" in definition
        output, then = work(self, task, data)
        task = replace(task, output=output)
        if "as" in definition.get("output", {}):
            output = self.transform(definition["output"]["as"], output, task)
        self.check(definition.get("output", {}), output, task.at)
        if "as" in definition.get("export", {}):
            task = task.knowing(output=output)
            self.context = self.transform(definition["export"]["as"], output, task)
        self.check(definition.get("export", {}), self.context, task.at)
        return output, then

    def check(self, part: dict[str, Json], data: Json, at: str) -> None:
        """Hold data to the schema of an input, output or export."""
        if "schema" in part and not jsonschema_rs.is_valid(part["schema"]["document"], data):
            raise standard_fault("validation", at, "the data does not fit the schema")

    def evaluate(
        self, expression: str, data: Json, task: Task, named: Variables | None = None
    ) -> Json:
        """The value of an expression of a task; `named` are its own loop's or catch's variables."""
        try:
            return evaluate(expression, data, {**self.variables(task), **(named or {})})
        except ExpressionFails as error:
            raise standard_fault("expression", task.at, str(error)) from error

    def holds(
        self,
        clause: dict[str, Json],
        key: str,
        data: Json,
        task: Task,
        named: Variables | None = None,
    ) -> bool:
        """Whether a condition holds; one that is not there does."""
        return key not in clause or is_true(self.evaluate(clause[key], data, task, named))

    def fill(self, value: Json, data: Json, task: Task) -> Json:
        """A value of a task, with its expressions evaluated."""
        try:
            return fill(value, data, self.variables(task))
        except ExpressionFails as error:
            raise standard_fault("expression", task.at, str(error)) from error

    def transform(self, wanted: Json, data: Json, task: Task) -> Json:
        """What `from` or `as` of a task makes of data."""
        return (self.evaluate if isinstance(wanted, str) else self.fill)(wanted, data, task)

    def variables(self, task: Task) -> Variables:
        """What the expressions of a task may mention."""
        return {**task.around, **self.ambient(), "task": task.described, **task.known}

    def log(self, task: Task, status: str) -> None:
        """Add a row to the trace."""
        if len(self.done.trace) >= STEPS:
            raise TooLong
        self.done.trace.append((task.at, task.name, status))

    def child(self, definition: dict[str, Json], data: Json) -> Outcome:
        """How a run of another definition ends."""
        return interpret(definition, data, self.others)
