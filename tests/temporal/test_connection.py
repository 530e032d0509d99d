"""Where Temporal is: the `temporal` command's own file and variables, and clear words when wrong."""

import os
import re
import traceback
from pathlib import Path

import pytest
from tests.guides import GUIDES
from tests.servers.certificates import Authority

from everloom.settings import Settings, TemporalSettings
from everloom.temporal import ConnectionInvalid, TemporalService


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variables of Temporal's, and no file in its usual place."""
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def service(folder: Path, **chosen: object) -> TemporalService:
    temporal = TemporalSettings.model_validate(chosen)
    return TemporalService(Settings(folder=folder, temporal=temporal))


def test_without_anything_it_is_on_this_machine(tmp_path: Path) -> None:
    """Nothing set means the place where the `temporal` command starts its server."""
    plain = service(tmp_path)

    assert (plain.address, plain.namespace) == ("127.0.0.1:7233", "default")


def test_variables_are_those_of_the_temporal_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "shop")

    named = service(tmp_path)

    assert (named.address, named.namespace) == ("temporal.example:7233", "shop")


def test_profile_of_the_file_is_used_and_variables_stand_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative `temporal.config_file` starts at the settings' folder."""
    (tmp_path / "t.toml").write_text(
        '[profile.away]\naddress = "away.example:7233"\nnamespace = "far"\n'
    )
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "near")

    chosen = service(tmp_path, config_file="t.toml", profile="away")

    assert (chosen.address, chosen.namespace) == ("away.example:7233", "near")


def test_given_address_stands_above_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine's address is used whatever the profile says."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")

    given = TemporalService(Settings(folder=tmp_path), address="127.0.0.1:7999")

    assert given.address == "127.0.0.1:7999"


@pytest.mark.parametrize(
    ("content", "profile", "said"),
    [
        pytest.param("[profile.default\n", None, "TOML parse error", id="not TOML"),
        pytest.param('[profile.default]\nadress = "a:1"\n', None, "adress", id="misspelt key"),
        pytest.param(
            '[profile.default]\naddress = "a:1"\n', "zoo", "'zoo' not found", id="profile"
        ),
        pytest.param('[profile.default]\naddress = "a"\n', None, "not an address", id="no port"),
        pytest.param(
            '[profile.default]\naddress = "http://a:1"\n', None, "not an address", id="scheme"
        ),
        pytest.param(
            '[profile.default.tls]\nclient_cert_path = "no/such.pem"\n',
            None,
            r"no/such\.pem",
            id="certificate",
        ),
    ],
)
def test_wrong_file_is_named_with_its_fault(
    tmp_path: Path, content: str, profile: str | None, said: str
) -> None:
    """Whatever is wrong with the file comes out before anything is connected."""
    (tmp_path / "t.toml").write_text(content)

    with pytest.raises(ConnectionInvalid, match=said):
        _ = service(tmp_path, config_file="t.toml", profile=profile).address


def test_a_key_in_a_broken_file_is_not_repeated(tmp_path: Path) -> None:
    """The place of the fault is told, but not what stands there."""
    (tmp_path / "t.toml").write_text('[profile.default]\napi_key = "hunter2\n')

    with pytest.raises(ConnectionInvalid, match="line 2") as refused:
        _ = service(tmp_path, config_file="t.toml").address

    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def test_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named but not there is an error: silence would connect to the wrong place."""
    with pytest.raises(ConnectionInvalid, match=r"no\.toml"):
        _ = service(tmp_path, config_file="no.toml").address

    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "nor.toml"))
    with pytest.raises(ConnectionInvalid, match=r"nor\.toml"):
        _ = service(tmp_path).address


async def test_wrong_certificate_is_no_reason_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that is none is refused at once, not tried again and again."""
    (tmp_path / "client.pem").write_text("no certificate")
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", str(tmp_path / "client.pem"))
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(tmp_path / "client.pem"))

    with pytest.raises(ConnectionInvalid):
        await service(tmp_path).get_client()


async def test_health_names_what_is_wrong_with_the_settings(tmp_path: Path) -> None:
    """`health` never raises: a broken profile is an unhealthy Temporal."""
    health = await service(tmp_path, profile="zoo").health()

    assert health.status == "unhealthy"
    assert health.error is not None
    assert "'zoo' not found" in health.error


@pytest.mark.parametrize(
    ("variable", "value", "said", "hint"),
    [
        pytest.param(
            "TEMPORAL_TLS", "perhaps", "neither `true` nor `false`: 'perhaps'", "TEMPORAL_TLS=true"
        ),
        pytest.param(
            "TEMPORAL_TLS", "no", "neither `true` nor `false`", "TEMPORAL_TLS=false", id="no"
        ),
        pytest.param(
            "TEMPORAL_TLS_CLIENT_CRT_PATH",
            "x.pem",
            "no variable TEMPORAL_TLS_CLIENT_CRT_PATH",
            "TEMPORAL_TLS_CLIENT_CERT_PATH",
            id="misspelt",
        ),
        pytest.param(
            "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
            "true",
            "always checks whom it talks to",
            "TEMPORAL_TLS_SERVER_NAME",
            id="unchecked",
        ),
        pytest.param(
            "TEMPORAL_TLS_CLIENT_CERT_DATA",
            "x",
            "client certificate without its key",
            "TEMPORAL_TLS_CLIENT_KEY_PATH",
            id="half a pair",
        ),
    ],
)
def test_nonsense_about_tls_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str, hint: str
) -> None:
    """What the SDK would pass over, or take for yes, is an error with the remedy."""
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConnectionInvalid, match=said) as refused:
        _ = service(tmp_path).address

    assert hint in refused.value.hint


@pytest.mark.parametrize("value", ["", "false", "0", "FALSE"])
async def test_switch_that_says_no_means_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporal: TemporalService, value: str
) -> None:
    """Set to nothing, or to `false`, there is no TLS; the SDK would take the empty one for yes."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    monkeypatch.setenv("TEMPORAL_TLS", value)
    plain = service(tmp_path)

    assert (await plain.health()).status == "healthy"
    await plain.close()


def test_profile_of_the_guide_is_read(tmp_path: Path) -> None:
    """What the guide tells people to write is understood, with all of its files."""
    text = (GUIDES / "connections.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "t.toml").write_text(block.replace("/etc/temporal", str(tmp_path)))
    authority = Authority()
    authority.write(tmp_path / "ca.pem")
    authority.write_client(tmp_path)

    chosen = service(tmp_path, config_file="t.toml", profile="production")

    assert (chosen.address, chosen.namespace) == ("temporal.example:7233", "shop")
