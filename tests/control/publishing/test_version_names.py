"""Another version is put into a text, and nothing else of it changes."""

import pytest
from tests.control.publishing.shop import order

from everloom.control.publishing import VersionNotWritable, with_version

HEAD = "document:\n  dsl: 1.0.3\n  namespace: shop\n  name: order\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("  version: 1.0.0  # first\n", "  version: 1.2.1  # first\n", id="plain"),
        pytest.param("  version: '1.0.0'\n", "  version: '1.2.1'\n", id="single quotes"),
        pytest.param('  "version": "1.0.0"\n', '  "version": "1.2.1"\n', id="double quotes"),
        pytest.param("  version: &v 1.0.0\nx: *v\n", None, id="anchor that is used elsewhere"),
        pytest.param("  version: &v 1.0.0\n", "  version: &v 1.2.1\n", id="anchor"),
        pytest.param("  version: >-\n    1.0.0\n", None, id="folded"),
        pytest.param("", None, id="missing"),
        pytest.param("  version: [1.0.0]\n", None, id="list"),
        pytest.param("  version: 1.0.0-rc.1+b\n", "  version: 1.2.1\n", id="with parts"),
        pytest.param("\r\n  version: 1.0.0\r\n", "\r\n  version: 1.2.1\r\n", id="carriage returns"),
    ],
)
def test_version_is_written_in_place(before: str, after: str | None) -> None:
    """The scalar is replaced as it is written, or the text is refused."""
    rest = "do:\n  - a:\n      set: {}\n"

    if after is None:
        with pytest.raises(VersionNotWritable):
            with_version(HEAD + before + rest, "1.2.1")
    else:
        assert with_version(HEAD + before + rest, "1.2.1") == HEAD + after + rest


def test_version_is_written_in_json() -> None:
    """JSON keeps its order and its spaces."""
    text = '{"do": [], "document" : {"version" :"1.0.0" , "name": "1.0.0"}}'

    assert with_version(text, "2.0.0") == text.replace(':"1.0.0"', ':"2.0.0"', 1)


def test_mark_at_the_beginning_stays() -> None:
    """A byte order mark is part of the text."""
    assert with_version("\ufeff" + order(), "1.2.1") == "\ufeff" + order("1.2.1")


@pytest.mark.parametrize("version", ["1.2", "v1.2.1", "1.2.1\n", ""])
def test_what_is_no_version_is_refused(version: str) -> None:
    """Only semantic versions are written."""
    with pytest.raises(VersionNotWritable):
        with_version(order(), version)
