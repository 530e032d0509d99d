"""Calls and processes, as the body of a method."""

from collections.abc import Mapping
from typing import Any

from everloom.language.models.tasks import (
    CallFunction,
    CallGrpc,
    CallHttp,
    CallMcp,
    CallOpenApi,
    RunTask,
)
from everloom.language.versions import newest

from .literals import literal, text_literal
from .printing import Call, Code, Text, keyword, laid
from .workshop import Workshop

_CALLS = {"http": "call_http", "openapi": "call_openapi", "grpc": "call_grpc", "mcp": "call_mcp"}
_DEFAULT = "@default"


class Invoking:
    """Writes what is done by others: activities and other workflows."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def call(
        self,
        task: CallHttp | CallOpenApi | CallGrpc | CallMcp | CallFunction,
        raw: Mapping[str, Any],
        name: str,
    ) -> list[str]:
        """A call of the standard, of a function, or of an activity."""
        shop = self._shop
        if isinstance(task, CallFunction):
            return self._function(task, raw, name)
        shop.activities[f"everloom.{task.call}"] = None
        options = shop.options.of_call(task, name)
        arguments = shop.calls.call(task.call, raw.get("with", {}))
        called = Call(shop.module.use(_CALLS[task.call]), [Text("here"), *options, *arguments])
        return laid(called, prefix="return await ")

    def run(self, task: RunTask, raw: Mapping[str, Any], name: str) -> list[str]:
        """A process."""
        if task.run.workflow is not None:
            return self._workflow(task, raw, name)
        shop = self._shop
        kind = "script" if task.run.script is not None else "shell"
        shop.activities[f"everloom.{kind}"] = None
        given = raw[kind]
        arguments = shop.calls.script(given, name) if kind == "script" else shop.calls.shell(given)
        if task.run.return_ != "stdout":
            arguments.append(keyword("return_", literal(task.run.return_)))
        if not task.run.await_:
            arguments.append(keyword("wait", Text("False")))
        options = shop.options.of_call(task, name)
        called = Call(shop.module.use(f"run_{kind}"), [Text("here"), *options, *arguments])
        return laid(called, prefix="return await ")

    def _workflow(self, task: RunTask, raw: Mapping[str, Any], name: str) -> list[str]:
        shop, what = self._shop, task.run.workflow
        assert what is not None  # noqa: S101 - the caller looked
        version = what.version
        if version == "latest":
            version = newest(shop.workflows, f"{what.namespace}.{what.name}") or version
        type_name = f"{what.namespace}.{what.name}@{version}"
        shop.children[type_name] = None
        given = (
            shop.values.value(raw["workflow"]["input"]) if what.input is not None else Text("None")
        )
        if "input" not in raw["workflow"]:
            given = Text("here.data")
        arguments: list[Code] = [Text("here"), Text(text_literal(type_name)), given]
        if not task.run.await_:
            arguments.append(keyword("wait", Text("False")))
        options = shop.options.of_call(task, name)
        arguments += [keyword("options", each) for each in options]
        called = Call(shop.module.use("run_workflow"), arguments)
        if task.run.await_ and task.run.return_ == "none":
            return [*laid(called, prefix="await "), "return None"]
        return laid(called, prefix="return await ")

    def _function(self, task: CallFunction, raw: Mapping[str, Any], name: str) -> list[str]:
        shop = self._shop
        given = shop.values.value(raw["with"]) if "with" in raw else Text("here.data")
        method = shop.function_methods.get(task.call)
        if method is not None:
            call = Call(f"self.{method}", [given, Text("here")])
            return laid(call, prefix="return await ")
        wire = self._wire_name(task.call)
        shop.activities[wire] = None
        options = shop.options.of_call(task, name)
        known = shop.functions.get(task.call.removesuffix(_DEFAULT))
        arguments: list[Code] = [Text("here"), Text(text_literal(wire))]
        if known is None or known.takes_input:
            arguments += [given, *options]
        else:
            arguments += [keyword("options", each) for each in options]
        called = Call(shop.module.use("call_activity"), arguments)
        return laid(called, prefix="return await ")

    def _wire_name(self, called: str) -> str:
        """Name of the activity behind `name:version@default`; version 1.0.0 needs no mention."""
        known = called.removesuffix(_DEFAULT)
        name, _, version = known.rpartition(":")
        return name if version == "1.0.0" else known
