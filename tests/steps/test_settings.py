"""Settings of what definitions reach, run and know."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from everloom.settings import (
    HttpSettings,
    SecretSettings,
    SettingsInvalid,
    describe_settings,
    load_settings,
    load_with_sources,
    origin_of,
)


def test_variables_set_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written as JSON."""
    monkeypatch.setenv("EVERLOOM_HTTP__REWRITE", '{"https://host":"http://127.0.0.1:8099"}')
    monkeypatch.setenv("EVERLOOM_RUN__ALLOW", '["script","shell"]')

    settings = load_settings(tmp_path)

    assert settings.http.rewrite == {"https://host": "http://127.0.0.1:8099"}
    assert settings.run.allow == ("script", "shell")


def test_nothing_private_is_open_by_default(tmp_path: Path) -> None:
    """Neither addresses nor programs."""
    settings = load_settings(tmp_path)

    assert not settings.http.private
    assert settings.http.allow == ()
    assert settings.run.allow == ()


def test_variables_of_secrets_are_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are not refused as unknown, and not shown."""
    monkeypatch.setenv("EVERLOOM_SECRET_SHOP_KEY", "k3y-0815")

    loaded = load_with_sources(tmp_path)

    assert "k3y-0815" not in str(describe_settings(loaded))
    assert "k3y-0815" not in loaded.settings.model_dump_json()


def test_a_misspelt_section_is_still_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that prefix is free."""
    monkeypatch.setenv("EVERLOOM_SECRT_SHOP_KEY", "k3y-0815")

    with pytest.raises(SettingsInvalid):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    "prefix", ["EVERLOOM_", "everloom_http_", "EVERLOOM_SECRETS__", "", "1X", "A-B", "A B"]
)
def test_a_prefix_does_not_reach_into_settings(prefix: str) -> None:
    """A definition could read the worker's own keys by their names."""
    with pytest.raises(ValidationError):
        SecretSettings(environment_prefix=prefix)


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Shop.Example", "https://shop.example"),
        ("https://shop.example:443/", "https://shop.example"),
        ("http://shop.example.:8080", "http://shop.example:8080"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_written_in_one_way(written: str, origin: str) -> None:
    """So that a call and a setting mean the same."""
    assert origin_of(written) == origin


@pytest.mark.parametrize(
    "written",
    [
        "shop.example",
        "https://",
        "ftp://x",
        "https://x/path",
        "https://x?q",
        "https://u:p@x",
        "https://x:y",
    ],
)
def test_an_origin_has_nothing_behind_it(written: str) -> None:
    """Neither a path nor a password."""
    with pytest.raises(ValidationError):
        HttpSettings(rewrite={"https://shop.example": written})


@pytest.mark.parametrize("place", ["https://x", "x/y", "a b", "", "*.*.x y", "10.0.0.0/33"])
def test_a_place_is_a_host_or_a_network(place: str) -> None:
    """Anything else would match nothing, and nobody would notice."""
    with pytest.raises(ValidationError):
        HttpSettings(allow=(place,))
