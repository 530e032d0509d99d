"""Calls and processes as code: their arguments, with addresses and authentication where they belong."""

from collections.abc import Mapping
from typing import Any

from everloom.language.expressions import Literal, Template, parse_value
from everloom.language.shell_commands import shell_command

from .literals import dictionary, literal
from .module import Module
from .naming import upper
from .printing import Call, Code, Display, Prefixed, Text, keyword
from .values import Values

_SCRIPT_LINES = 2
"""Lines from which on a script is a constant of its own."""


class CallWriter:
    """Writes the arguments of calls from the JSON of a definition."""

    def __init__(self, module: Module, values: Values, policies: Mapping[str, Any]) -> None:
        """Prepare.

        Args:
            module: What is written to.
            values: Writes values.
            policies: Reusable authentications by name, as they stand in the definition.
        """
        self._module, self._values, self._policies = module, values, policies
        self._writers = {
            "http": self._http,
            "openapi": self._openapi,
            "grpc": self._grpc,
            "mcp": self._mcp,
        }

    def call(self, kind: str, given: Mapping[str, Any]) -> list[Code]:
        """Keyword arguments of a call of the standard."""
        write = self._writers[kind]
        return [keyword(name, write(name, value)) for name, value in given.items()]

    def script(self, given: Mapping[str, Any], name: str) -> list[Code]:
        """Keyword arguments of `run.script`."""
        found: list[Code] = []
        for key, value in given.items():
            if key == "source":
                code = self._resource(value)
            elif key == "code":
                code = self._script(value, name)
            else:
                code = self._values.value(value)
            found.append(keyword(key, code))
        return found

    def shell(self, given: Mapping[str, Any]) -> list[Code]:
        """Keyword arguments of `run.shell`; expressions of the command travel as variables."""
        read = parse_value(given["command"])
        rest = {key: value for key, value in given.items() if key != "command"}
        if isinstance(read, Literal):
            plain: list[Code] = [keyword("command", literal(given["command"]))]
            return plain + [keyword(key, self._values.value(value)) for key, value in rest.items()]
        parts = read.parts if isinstance(read, Template) else (read,)
        command = shell_command(parts)
        variables = {name: f"${{ {each.text}\n}}" for name, each in command.variables.items()}
        environment: dict[str, Any] = {**rest.pop("environment", {}), **variables}
        found: list[Code] = [keyword("command", literal(command.text))]
        found += [keyword(key, self._values.value(value)) for key, value in rest.items()]
        return [*found, keyword("environment", self._values.value(environment))]

    def _http(self, name: str, value: Any) -> Code:
        return self._endpoint(value) if name == "endpoint" else self._values.value(value)

    def _openapi(self, name: str, value: Any) -> Code:
        if name == "document":
            return self._resource(value)
        return (
            self._authentication(value) if name == "authentication" else self._values.value(value)
        )

    def _grpc(self, name: str, value: Any) -> Code:
        if name == "proto":
            return self._resource(value)
        if name != "service":
            return self._values.value(value)
        return self._with_authentication(value)

    def _mcp(self, name: str, value: Any) -> Code:
        if name != "transport" or "http" not in value:
            return self._values.value(value)
        http = value["http"]
        items = [
            (key, self._endpoint(part) if key == "endpoint" else self._values.value(part))
            for key, part in http.items()
        ]
        rest = [(key, self._values.value(part)) for key, part in value.items() if key != "http"]
        return dictionary([("http", dictionary(items)), *rest])

    def _resource(self, resource: Mapping[str, Any]) -> Code:
        return dictionary(
            [
                (key, self._endpoint(part) if key == "endpoint" else literal(part))
                for key, part in resource.items()
            ]
        )

    def _endpoint(self, endpoint: Any) -> Code:
        if isinstance(endpoint, str):
            return self._values.uri(endpoint)
        return self._with_authentication(endpoint, uri="uri")

    def _with_authentication(self, given: Mapping[str, Any], uri: str = "") -> Code:
        items: list[tuple[str, Code]] = []
        for key, value in given.items():
            if key == "authentication":
                items.append((key, self._authentication(value)))
            else:
                write = self._values.uri if key == uri else self._values.value
                items.append((key, write(value)))
        return dictionary(items)

    def _authentication(self, policy: Mapping[str, Any]) -> Code:
        if "use" in policy:
            policy = self._policies[policy["use"]]
        return dictionary([(scheme, self._scheme(fields)) for scheme, fields in policy.items()])

    def _scheme(self, fields: Mapping[str, Any]) -> Code:
        return dictionary(
            [
                (key, self._values.uri(value) if key == "authority" else self._values.value(value))
                for key, value in fields.items()
            ]
        )

    def _script(self, code: str, name: str) -> Code:
        """Code of a script; a long one as a constant, line by line."""
        lines = code.split("\n")
        if len(lines) <= _SCRIPT_LINES:
            return literal(code)
        joined = Call('"\\n".join', [Display("[", [literal(line) for line in lines], "]")])
        return Text(self._module.constant(f"{upper(name)}_SCRIPT", joined))


def prefixed(prefix: str, code: Code) -> Code:
    """Code with a word such as `await` before it."""
    return Prefixed(prefix, code)
