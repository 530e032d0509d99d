"""A definition that becomes a package of its owner's brings no more of its texts along than they are."""

import ast
import shlex
import tomllib

import pytest
from tests.language.injection.guard import texts_in, texts_of
from tests.language.injection.making import Object, definition
from tests.language.injection.payloads import MARK, PAYLOADS, escaped
from tests.language.injection.places import PLACES, Place, unreadable

from everloom.language import check_definition, compile_definition
from everloom.language.packaging import package_files

READABLE = [text for text in PAYLOADS.values() if not unreadable(text)]


def by_name(place: Place) -> str:
    """What a test of a place is called."""
    return place.name


def package_of(wanted: Object) -> dict[str, str]:
    """The files of a definition that is right, by their paths."""
    found = check_definition(wanted).definition
    assert found is not None
    return package_files(found, compile_definition(found))


@pytest.mark.parametrize("place", PLACES, ids=by_name)
def test_no_text_becomes_code_of_the_package(place: Place) -> None:
    """Its modules parse, and what they hold of the definition are texts."""
    taken = [text for text in READABLE if place.refuses(text) is False]

    for text in taken[::12]:
        wanted = place.build([text])
        given = set(texts_of(wanted))
        for path, source in package_of(wanted).items():
            if path.endswith(".py"):
                strange = [each for each in texts_in(ast.parse(source)) if MARK in each]
                assert set(strange) <= given, (path, text)
    assert not escaped()


@pytest.mark.parametrize("text", READABLE)
def test_a_title_stays_a_title(text: str) -> None:
    """In the project's own description, whose tables it does not add to."""
    wanted = definition([{"x": {"set": {"a": 1}}}], document={"title": text, "summary": text})

    project = tomllib.loads(package_of(wanted)["pyproject.toml"])

    assert set(project) == {"build-system", "project", "tool"}
    assert set(project["project"]["scripts"].values()) == {"case.worker:main"}
    assert project["project"]["description"].split() in (text.split(), ["case"])


@pytest.mark.parametrize("text", ["it's", "'; touch x; '", "$(x)", "`x`", "a\nb", '"'])
def test_a_command_of_the_readme_does_what_it_says(text: str) -> None:
    """What is shown to be copied into a shell is one argument there."""
    schema = {"format": "json", "document": {"type": "object", "properties": {"a": {"const": text}},
                                             "required": ["a"]}}  # fmt: skip
    wanted = definition([{"x": {"set": {"a": 1}}}], input={"schema": schema})

    readme = package_of(wanted)["README.md"]

    (command,) = [each for each in readme.splitlines() if "run --input" in each]
    assert shlex.split(command)[:5] == ["python", "-m", "case.worker", "run", "--input"]
    assert len(shlex.split(command)) == 6
