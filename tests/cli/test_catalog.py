"""`everloom catalog`."""

from pathlib import Path

from tests.cli.conftest import Type

PLAIN = '''
from temporalio import workflow


@workflow.defn(name="plain")
class Plain:
    """Written for the plain SDK."""

    @workflow.run
    async def main(self, count: int) -> list[str]:
        return [""] * count

    @workflow.signal(name="stop-now")
    def stop(self) -> None:
        """Stop."""

    @workflow.update
    async def rename(self, name: str) -> bool:
        """Take another name."""
        return bool(name)
'''


async def test_everything_that_has_a_name_on_the_wire_is_listed(everloom: Type) -> None:
    """Workflows with their messages, activities, what goes in and comes out, and where it stands."""
    outcome = await everloom("catalog", "--json")

    names = {(row["kind"], row["name"]): row for row in outcome.document["names"]}
    greet = names["workflow", "greet"]
    assert (greet["takes"], greet["gives"]) == ("GreetRequest", "Greeting")
    assert "workflows.py:" in greet["place"]
    assert names["signal", "go"]["of"] == "greet"
    assert {kind for kind, _ in names} >= {"workflow", "signal", "query", "activity"}


async def test_plain_sdk_code_is_listed_too(everloom: Type, tmp_path: Path) -> None:
    """Its own method names and its default message names."""
    (tmp_path / "plain_shop.py").write_text(PLAIN, encoding="utf-8")

    outcome = await everloom(
        "catalog",
        EVERLOOM_CATALOG__PACKAGES='["plain_shop"]',
        EVERLOOM_CATALOG__PATHS=f'["{tmp_path}"]',
    )

    rows = [line.split() for line in outcome.out.splitlines()]
    assert ["plain", "standard", "int", "list[str]"] in [row[:4] for row in rows]
    assert "stop-now" in outcome.out
    assert "rename" in outcome.out


async def test_a_part_of_a_name_finds_it(everloom: Type) -> None:
    """In a long list nobody reads to the end."""
    found = await everloom("catalog", "GRE", "--json")
    nothing = await everloom("catalog", "nowhere")

    assert all("gre" in f"{row['of']} {row['name']}" for row in found.document["names"])
    assert nothing.out == ""
    assert "No name has 'nowhere' in it" in nothing.err
