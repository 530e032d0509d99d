"""The page that shows what conforms says what the cases say."""

from .report import PAGE, conformance_page


def test_the_page_is_fresh() -> None:
    """A case, a ruling or a feature that is not shown is not found."""
    remedy = "run `python -m tests.conformance.report` in the repository"

    assert PAGE.read_text(encoding="utf-8") == conformance_page(), remedy
