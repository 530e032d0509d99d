"""Compiled workflows as the compiler writes them, by hand: what is served does not depend on it."""

from dataclasses import dataclass, replace

from everloom.worker.definitions import source_hash


@dataclass(frozen=True)
class Sample:
    """A compiled definition."""

    type_name: str
    class_name: str
    source: str
    sha256: str
    activities: tuple[str, ...] = ()

    def changed(self, old: str, new: str) -> "Sample":
        """Another definition: with `new` in the place of `old`."""
        source = self.source.replace(old, new)
        return replace(self, source=source, sha256=source_hash(source))

    def tampered(self) -> "Sample":
        """The same, but for a word that somebody has changed since."""
        return replace(self, source=self.source.replace("Hello", "Goodbye"))


HEAD = '''
"""A workflow that greets."""

from datetime import timedelta

from temporalio import workflow

from everloom.flow import About, Flow, Json, Options, Scope, call_activity, listen, sleep, task


@workflow.defn(name="{type_name}")
class Greet(Flow):
    """Greets."""

    about = About(namespace="samples", name="greet", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        return await self.greet(data, here)

    @task("/do/0/greet")
    async def greet(self, here: Scope) -> Json:
'''

HELLO = 'return {"text": here.jq(r\'"Hello, \\(.name)!"\')}'
WAIT = "await sleep(here, timedelta(hours=1))\nreturn None"
BUG = 'raise RuntimeError("a bug")'


def sample(
    *lines: str, type_name: str = "samples.greet@1.0.0", activities: tuple[str, ...] = ()
) -> Sample:
    """A workflow whose only task does this."""
    body = "\n".join(f"        {line}" for each in lines for line in each.splitlines())
    source = HEAD.replace("{type_name}", type_name) + body + "\n"
    return Sample(type_name, "Greet", source, source_hash(source), activities)
