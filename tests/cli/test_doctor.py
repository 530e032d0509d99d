"""`everloom doctor`, typed."""

from tests.cli.conftest import Type

from everloom.engine import free_port


async def test_all_is_well(everloom: Type) -> None:
    """Exit code 0, one document, no finding without its level."""
    outcome = await everloom(
        "doctor",
        "--json",
        EVERLOOM_API__PORT=str(free_port()),
        EVERLOOM_WORKER__HEALTH_PORT=str(free_port()),
    )

    assert outcome.document["well"], outcome.out
    assert outcome.code == 0
    assert {each["level"] for each in outcome.document["findings"]} <= {"ok", "warning"}


async def test_an_error_ends_with_1_and_its_remedy(everloom: Type) -> None:
    """People read what to do below what is wrong."""
    outcome = await everloom("doctor", TEMPORAL_ADDRESS="127.0.0.1:1")

    assert outcome.code == 1
    assert "error   temporal:" in outcome.out
    assert "everloom dev" in outcome.out
    assert "Traceback" not in outcome.err
