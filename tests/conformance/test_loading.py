"""The conformance cases are what they claim to be, before any of them runs."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from .cases import FOLDER, Case, all_cases, case_files, filled, read_case, read_yaml

HERE = Path(__file__).parent


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", case_files(), ids=_name)
def test_a_case_can_be_read(path: Path) -> None:
    """Nothing in a file is unknown, misspelt or left over."""
    assert read_case(path).promise


@pytest.mark.parametrize(
    "case", [case for case in all_cases() if case.runs], ids=lambda case: case.name
)
def test_a_definition_that_runs_has_a_name_of_its_own(case: Case) -> None:
    """Many definitions are served at once, so each is called by its file."""
    document = yaml.safe_load(filled(case.definition))["document"]

    assert f"{document['namespace']}/{document['name']}" == case.name


def test_children_do_not_meet() -> None:
    """The workflows that cases bring along have names of their own, too."""
    documents = [
        yaml.safe_load(text)["document"]
        for case in all_cases()
        if case.runs
        for text in (filled(case.definition), *case.others)
    ]
    names = Counter(f"{each['namespace']}/{each['name']}/{each['version']}" for each in documents)

    assert [name for name, count in names.items() if count > 1] == []


def test_all_files_are_cases() -> None:
    """What lies in the folder is read; nothing is passed over for its ending."""
    lying = {path for path in FOLDER.rglob("*") if path.is_file()}

    assert lying == set(case_files())


def test_features_are_described() -> None:
    """Each folder is a feature, with a line in the report, and each feature has cases."""
    described = {each["name"] for each in read_yaml(HERE / "features.yaml")["features"]}

    assert {case.feature for case in all_cases()} == described


def test_rulings_are_held_to() -> None:
    """Each ruling that a case names is written down, and each that is written down has a case."""
    written = set(read_yaml(HERE / "rulings.yaml"))
    held = {case.ruling for case in all_cases() if case.ruling}

    assert held == written


def test_the_conformance_kit_is_covered() -> None:
    """Each scenario of the standard's own kit has its case here."""
    kit = read_yaml(HERE / "kit.yaml")
    covered = Counter(case.ctk for case in all_cases() if case.ctk)

    assert covered == Counter(kit["scenarios"])


def test_promises_are_sentences() -> None:
    """They stand in the report."""
    odd = [case.name for case in all_cases() if not re.fullmatch(r".+\.", case.promise)]

    assert odd == []
