"""What stands around a task in compiled code: arguments of its decorator, options of its call."""

from datetime import timedelta

from everloom.language.definition import Resources
from everloom.language.models.data import Export, Input, Output, Schema, Timeout
from everloom.language.models.options import task_options
from everloom.language.models.tasks import TaskBase

from .literals import literal, milliseconds_literal, text_literal
from .module import Module
from .naming import snake, upper
from .printing import Call, Code, Text, keyword
from .values import Values


class OptionsWriter:
    """Writes what every task may say."""

    def __init__(self, module: Module, values: Values, resources: Resources) -> None:
        self._module, self._values, self._resources = module, values, resources
        self.timeouts: dict[str, str] = {}
        """Names of constants by names of reusable timeouts."""

    def around(self, task: TaskBase, name: str) -> list[Code]:
        """Keyword arguments of the decorator, for data flow and timeout."""
        found: list[Code] = []
        if task.if_ is not None:
            found.append(keyword("if_", Text(self._values.expression(task.if_))))
        found += self.data_flow("input", task.input, name)
        found += self.data_flow("output", task.output, name)
        found += self.data_flow("export", task.export, name)
        if task.timeout is not None:
            found.append(keyword("timeout", self.timeout(task.timeout)))
        return found

    def data_flow(self, what: str, part: Input | Output | Export | None, name: str) -> list[Code]:
        """Keyword arguments for an input, output or export."""
        if part is None:
            return []
        found: list[Code] = []
        if part.schema_ is not None:
            schema = self.schema(part.schema_, f"{upper(name)}_{what.upper()}")
            found.append(keyword(f"{what}_schema", schema))
        made = part.from_ if isinstance(part, Input) else part.as_
        if made is not None:
            word = "from" if isinstance(part, Input) else "as"
            code = self._values.made(made, f"{snake(name)}_{what}", f"Make the {what} of {name}.")
            found.append(keyword(f"{what}_{word}", code))
        return found if what != "output" else found[::-1]

    def schema(self, schema: Schema, wanted: str) -> Code:
        """A constant for a schema; one that was fetched is frozen into it."""
        document = schema.document
        if schema.resource is not None:
            endpoint = schema.resource.endpoint
            uri = endpoint if isinstance(endpoint, str) else endpoint.uri
            document = self._resources[uri][0]
        arguments = [literal(document)]
        draft = schema.format.partition(":")[2]
        if draft:
            arguments.append(Text(text_literal(draft)))
        return Text(
            self._module.constant(f"{wanted}_SCHEMA", Call(self._module.use("Schema"), arguments))
        )

    def timeout(self, timeout: Timeout | str) -> Code:
        """A limit: the name of a constant, or the limit itself."""
        if isinstance(timeout, str):
            return Text(self.timeouts[timeout])
        return self._values.limit(timeout.after)

    def of_call(self, task: TaskBase, name: str) -> list[Code]:
        """The argument with the options of a task's activity, if it has any."""
        options = task_options(task.metadata)
        retry = options.retry
        durations: dict[str, timedelta | None] = {
            "timeout": options.timeout,
            "total": options.total,
            "wait": options.wait,
            "heartbeat": options.heartbeat,
            "interval": retry.interval if retry else None,
            "cap": retry.cap if retry else None,
        }
        plain = {
            "queue": options.queue,
            "attempts": retry.attempts if retry else None,
            "coefficient": retry.coefficient if retry else None,
            "local": options.local or None,
            "summary": options.summary,
            "cost": options.cost,
        }
        arguments = [
            keyword(key, literal(value)) for key, value in plain.items() if value is not None
        ]
        for key, length in durations.items():
            if length is not None:
                self._module.use("timedelta")
                milliseconds = round(length.total_seconds() * 1000)
                arguments.append(keyword(key, milliseconds_literal(milliseconds)))
        if not arguments:
            return []
        call = Call(self._module.use("Options"), arguments)
        return [Text(self._module.constant(f"{upper(name)}_OPTIONS", call))]
