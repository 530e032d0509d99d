"""What each kind of task does, as the body of its method."""

from collections.abc import Mapping
from typing import Any

from everloom.core import steps_of
from everloom.language.models.tasks import (
    CallFunction,
    CallGrpc,
    CallHttp,
    CallMcp,
    CallOpenApi,
    DoTask,
    EmitTask,
    ForkTask,
    ForTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    SwitchTask,
    TryTask,
    WaitTask,
    entries,
)
from everloom.language.plan import Node, case_label, cases_of, otherwise

from .faults import catch_code, error_items
from .invoking import Invoking
from .listed import Body, Listed, Lists
from .literals import dictionary, literal, text_literal
from .naming import snake
from .printing import Call, Code, Text, keyword, laid
from .summaries import summary_of
from .values import expression_text
from .workshop import Workshop

_STEP = "    "


class BodyWriter:
    """Writes bodies of tasks."""

    def __init__(self, workshop: Workshop, lists: Lists) -> None:
        self._shop, self._lists = workshop, lists
        self._invoking = Invoking(workshop)

    def summary(self, node: Node) -> str:
        """The docstring of a task's method."""
        return summary_of(node.task)

    def body(self, node: Node, raw: Mapping[str, Any], reference: str, method: str) -> Body:
        """The statements of a task's method, and the methods that belong to them."""
        match node.task:
            case DoTask() as task:
                body = self._lists.inline(
                    Listed(task.do, raw["do"], f"{reference}/do"), "here.data"
                )
            case ForTask() as task:
                body = self._for(task, raw, reference, method)
            case ForkTask() as task:
                body = self._fork(task, raw, reference, method)
            case TryTask() as task:
                body = self._try(task, raw, reference, method, tells=node.is_junction)
            case ListenTask() as task:
                body = self._listen(task, raw, reference, method)
            case SwitchTask() as task:
                body = Body(self._switch(task))
            case _:
                body = Body(self._simple(node, raw))
        return body

    def _simple(self, node: Node, raw: Mapping[str, Any]) -> list[str]:
        """Tasks without tasks in them."""
        task, values, use = node.task, self._shop.values, self._shop.module.use
        match task:
            case SetTask():
                given = raw["set"]
                code = values.bare(given)
                return laid(code, prefix="return ")
            case WaitTask():
                call = Call(use("sleep"), [Text("here"), values.duration(task.wait)])
            case EmitTask():
                items = [
                    (name, values.value(value))
                    for name, value in raw["emit"]["event"]["with"].items()
                ]
                call = Call(use("emit"), [Text("here"), dictionary(items)])
            case RaiseTask():
                return self._raise(task)
            case RunTask():
                return self._invoking.run(task, raw["run"], node.name)
            case CallHttp() | CallOpenApi() | CallGrpc() | CallMcp() | CallFunction():
                return self._invoking.call(task, raw, node.name)
            case _:
                raise AssertionError(f"No code for {task.kind}.")  # checking refuses the rest
        return laid(call, prefix="return await ")

    def _raise(self, task: RaiseTask) -> list[str]:
        error = task.raise_.error
        if isinstance(error, str):
            name = self._shop.errors.get(error)
            if name is not None:
                return [f"raise here.fault(**{name})"]
            error = self._shop.definition.model.use.errors[error]
        items = dict(error_items(error, self._shop.values))
        arguments: list[Code] = [items.pop("type"), items.pop("status")]
        arguments += [keyword(name, code) for name, code in items.items()]
        return laid(Call("here.fault", arguments), prefix="raise ")

    def _switch(self, task: SwitchTask) -> list[str]:
        lines: list[str] = []
        cases = cases_of(task)
        for place, (name, case) in enumerate(cases):
            told = f"return here.data, {text_literal(case_label(place, name))}"
            if case.when is None:
                return [*lines, told]
            test = Call("here.test", [Text(self._shop.values.expression(case.when))])
            lines += [*laid(test, prefix="if ", suffix=":"), f"{_STEP}{told}"]
        return [*lines, f"return here.data, {text_literal(otherwise(task))}"]

    def _for(self, task: ForTask, raw: Mapping[str, Any], reference: str, method: str) -> Body:
        values, what = self._shop.values, task.for_
        over = (
            values.jq(expression_text(what.in_))
            if isinstance(what.in_, str)
            else values.value(raw["for"]["in"])
        )
        arguments: list[Code] = [Text("here"), over]
        for name, given in (("each", what.each), ("at", what.at)):
            if given != {"each": "item", "at": "index"}[name]:
                arguments.append(keyword(name, literal(given)))
        if task.while_ is not None:
            arguments.append(keyword("while_", Text(values.expression(task.while_))))
        listed = Listed(task.do, raw["do"], f"{reference}/do")
        doc = f"One pass of {_name(reference)}."
        call, methods = self._lists.one_call(listed, f"{method}_pass", doc)
        passes = Call(self._shop.module.use("Passes"), arguments)
        return Body(
            [
                *laid(passes, prefix="passes = "),
                "for turn in passes:",
                f"{_STEP}passes.data = await self.{call}(passes.data, turn)",
                "return passes.data",
            ],
            methods,
        )

    def _fork(self, task: ForkTask, raw: Mapping[str, Any], reference: str, method: str) -> Body:
        branches: list[Code] = []
        body = Body([])
        for place, (name, _) in enumerate(entries(task.fork.branches)):
            tasks = task.fork.branches[place : place + 1]
            listed = Listed(
                tasks,
                raw["fork"]["branches"][place : place + 1],
                f"{reference}/fork/branches",
                place,
            )
            wanted = f"{method}_{snake(name)}"
            call, methods = self._lists.one_call(listed, wanted, f"The branch {name}.")
            branches.append(Text(f"self.{call}"))
            body.methods += methods
        forked = self._shop.module.use("race" if task.fork.compete else "fork")
        body.lines = laid(Call(forked, [Text("here"), *branches]), prefix="return await ")
        return body

    def _try(
        self, task: TryTask, raw: Mapping[str, Any], reference: str, method: str, *, tells: bool
    ) -> Body:
        catch, shop = task.catch, self._shop
        listed = Listed(task.try_, raw["try"], f"{reference}/try")
        tasks, methods = self._lists.one_call(
            listed, f"{method}_tasks", f"What {_name(reference)} tries."
        )
        told = (', "done"', ', "caught"') if tells and catch.then is not None else ("", "")
        code = Call(
            shop.module.use("attempt"),
            [Text("here"), Text(f"self.{tasks}"), catch_code(catch, shop)],
        )
        handled = "caught.here.data"
        if catch.do is not None:
            caught = Listed(catch.do, raw["catch"]["do"], f"{reference}/catch/do")
            doc = f"What {_name(reference)} does about an error."
            name, more = self._lists.one_call(caught, f"{method}_caught", doc)
            methods += more
            handled = f"await self.{name}(here.data, caught.here)"
        return Body(
            [
                "try:",
                *(
                    _STEP + line
                    for line in laid(code, prefix="return await ", suffix=told[0], deeper=1)
                ),
                f"except {shop.module.use('Caught')} as caught:",
                f"{_STEP}return {handled}{told[1]}",
            ],
            methods,
        )

    def _listen(
        self, task: ListenTask, raw: Mapping[str, Any], reference: str, method: str
    ) -> Body:
        shop, foreach = self._shop, task.foreach
        arguments: list[Code] = [Text("here"), shop.events.events(task.listen.to)]
        if task.listen.read != "data":
            arguments.append(keyword("read", literal(task.listen.read)))
        if foreach is None:
            return Body(laid(Call(shop.module.use("listen"), arguments), prefix="return await "))
        for name, given, default in (("item", foreach.item, "item"), ("at", foreach.at, "index")):
            if given != default:
                arguments.append(keyword(name, literal(given)))
        body = Body(laid(Call(shop.module.use("Heard"), arguments), prefix="heard = "))
        data = "turn.data"
        body.lines.append("async for turn in heard:")
        if foreach.do is not None:
            listed = Listed(foreach.do, raw["foreach"]["do"], f"{reference}/foreach/do")
            doc = f"What {_name(reference)} does with an event."
            name, body.methods = self._lists.one_call(listed, f"{method}_event", doc)
            body.lines.append(f"{_STEP}data = await self.{name}(turn.data, turn)")
            data = "data"
        kept: list[Code] = [Text(data), Text("turn")]
        kept += shop.options.data_flow("output", foreach.output, f"{method}_event")
        kept += shop.options.data_flow("export", foreach.export, f"{method}_event")
        body.lines += [_STEP + line for line in laid(Call("heard.keep", kept), deeper=1)]
        body.lines.append("return heard.outputs")
        return body


def _name(reference: str) -> str:
    return steps_of(reference)[-1]
