"""Where secrets come from, and where they never turn up."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles

from everloom.flow import Deferred, Fault, Json
from everloom.settings import SecretSettings, Settings
from everloom.steps.deferring import named_secrets
from everloom.steps.secrets import Secrets

from .serving import MIRROR, Caller, caller


def secrets(**given: Any) -> Secrets:
    return Secrets(Settings(secrets=SecretSettings.model_validate(given)))


async def read(held: Secrets, name: str) -> Json:
    return (await held.read([name], permitted=[name]))[name]


async def test_a_secret_is_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text, or an object where it is JSON."""
    monkeypatch.setenv("EVERLOOM_SECRET_PET_STORE_KEY", "k3y")
    monkeypatch.setenv("EVERLOOM_SECRET_ACCOUNT", '{"username": "ada", "password": "countess"}')
    monkeypatch.setenv("EVERLOOM_SECRET_BRACE", "{not json")

    assert await read(secrets(), "pet-store.key") == "k3y"
    assert await read(secrets(), "account") == {"username": "ada", "password": "countess"}
    assert await read(secrets(), "brace") == "{not json"


async def test_a_secret_is_a_file(tmp_path: Path) -> None:
    """As Docker has it, or a folder with a file for each field, as Kubernetes mounts it."""
    (tmp_path / "key").write_text("k3y\n", encoding="utf-8")
    (tmp_path / "account").mkdir()
    (tmp_path / "account" / "..data").mkdir()
    (tmp_path / "account" / "username").write_text("ada", encoding="utf-8")
    (tmp_path / "account" / "password").write_text("count\ness\n", encoding="utf-8")
    held = secrets(folder=tmp_path)

    assert await read(held, "key") == "k3y"
    assert await read(held, "account") == {"username": "ada", "password": "count\ness"}


@pytest.mark.parametrize(
    "text", ['{"key": "k3y", "account": {"username": "ada"}}', "key: k3y\naccount: {username: ada}"]
)
async def test_secrets_are_in_one_file(tmp_path: Path, text: str) -> None:
    """JSON or YAML, by name."""
    file = tmp_path / "secrets.yaml"
    file.write_text(text, encoding="utf-8")
    held = secrets(file=file)

    assert await read(held, "key") == "k3y"
    assert await read(held, "account") == {"username": "ada"}


async def test_the_first_place_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, folder, variable; and each is read when it is asked, so that a change counts at once."""
    monkeypatch.setenv("EVERLOOM_SECRET_KEY", "from the environment")
    file, folder = tmp_path / "secrets.json", tmp_path / "folder"
    file.write_text("{}", encoding="utf-8")
    folder.mkdir()
    held = secrets(file=file, folder=folder)

    found = [await read(held, "key")]
    (folder / "key").write_text("from the folder", encoding="utf-8")
    found.append(await read(held, "key"))
    file.write_text('{"key": "from the file"}', encoding="utf-8")
    found.append(await read(held, "key"))

    assert found == ["from the environment", "from the folder", "from the file"]


@pytest.mark.parametrize("name", ["../key", "a/b", "", ".", "..", "..data", "a\0b", "x" * 300])
async def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    """Nothing outside the folder is read."""
    (tmp_path / "key").write_text("k3y", encoding="utf-8")
    (tmp_path / "secrets").mkdir()

    with pytest.raises(Fault) as raised:
        await read(secrets(folder=tmp_path / "secrets"), name)

    assert raised.value.problem["status"] == 403


@pytest.mark.parametrize("listed", [(), ("other",)])
async def test_a_definition_lists_its_secrets(listed: tuple[str, ...], tmp_path: Path) -> None:
    """Others are not there for it."""
    (tmp_path / "key").write_text("k3y", encoding="utf-8")

    with pytest.raises(Fault) as raised:
        await secrets(folder=tmp_path).read(["key"], permitted=listed)

    assert raised.value.problem["status"] == 403
    assert "does not list" in raised.value.problem["detail"]


async def test_a_missing_secret_is_a_fault() -> None:
    """Which the sentence names."""
    with pytest.raises(Fault) as raised:
        await read(secrets(), "nowhere")

    assert raised.value.problem["status"] == 403
    assert "`nowhere`" in raised.value.problem["detail"]


@pytest.mark.parametrize("text", ["- a", "{", "key: !!python/object:os.system {}", "a: b: c"])
async def test_a_file_that_holds_no_secrets_is_refused(tmp_path: Path, text: str) -> None:
    """And not quoted."""
    file = tmp_path / "secrets.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Fault) as raised:
        await read(secrets(file=file), "key")

    assert raised.value.problem["title"] == "Secrets not readable"


@pytest.mark.parametrize(
    ("expression", "needed"),
    [
        ("$secrets.key", ["key"]),
        ('$secrets."pet-store"', ["pet-store"]),
        ('$secrets["pet-store"]', ["pet-store"]),
        ('"Bearer " + $secrets . key', ["key"]),
        ("$secrets.a.b + $secrets.c", ["a", "c"]),
        ("$secrets", ["all", "there"]),
        ("$secrets | keys", ["all", "there"]),
        ("$secrets[.name]", ["all", "there"]),
        ("$secretsauce", []),
    ],
)
def test_an_expression_gets_what_it_names(expression: str, needed: list[str]) -> None:
    """So that a secret which is missing stops only those who need it."""
    assert named_secrets(expression, ("all", "there")) == needed


@pytest.fixture
def at_hand(tmp_path: Path) -> SecretSettings:
    """Two secrets: a text, and an object."""
    file = tmp_path / "secrets.json"
    account = {"username": "ada", "password": "count/ess+1"}
    file.write_text(json.dumps({"key": "k3y-0815", "account": account}), encoding="utf-8")
    return SecretSettings(file=file)


def later(at: str, expression: str, **more: Any) -> Deferred:
    return Deferred(at=at, expression=expression, **more)


async def test_secrets_are_put_in_where_the_call_is_made(
    web: HttpFiles, at_hand: SecretSettings
) -> None:
    """In headers, query and body; and the result covers them where it repeats the request."""
    url = web.serve("/", MIRROR)
    async with caller(secrets=at_hand) as call:
        response = await call(
            method="post",
            endpoint=url,
            headers={"X-Key": None, "X-Coded": None},
            query={"q": None},
            body={"account": {"name": None}, "list": [1, None]},
            output="response",
            secrets=["key", "account"],
            deferred=[
                later("/headers/X-Key", "$secrets.key"),
                later("/headers/X-Coded", "$secrets.key | @base64"),
                later("/query/q", '$secrets.account.password'),
                later("/body/account/name", ".x + $secrets.account[$f]", input={"x": "-"}, variables={"f": "username"}),
                later("/body/list/1", "$secrets.key"),
            ],
        )  # fmt: skip

    heard = response["content"]
    assert heard["headers"]["x-key"] == "k3y-0815"
    assert heard["query"] == [["q", "count/ess+1"]]
    assert json.loads(heard["body"]) == {"account": {"name": "-ada"}, "list": [1, "k3y-0815"]}
    assert response["request"]["headers"]["X-Key"] == "**********"
    assert response["request"]["headers"]["X-Coded"] == "**********"
    assert response["request"]["uri"] == f"{url}?q=**********"


async def test_a_secret_endpoint_is_covered_too(web: HttpFiles, at_hand: SecretSettings) -> None:
    """In results and in faults."""
    web.serve("/hooks/k3y-0815", MIRROR)
    base = web.url("/hooks/")
    deferred = [later("/endpoint", f'"{base}" + $secrets.key')]
    wrong = [later("/endpoint", f'"{base}wrong/" + $secrets.key')]

    async with caller(secrets=at_hand) as call:
        response = await call(method="get", output="response", secrets=["key"], deferred=deferred)
        said = await call.fails("communication", 404, method="get", secrets=["key"], deferred=wrong)

    assert response["request"]["uri"] == f"{base}**********"
    assert "k3y-0815" not in said


async def test_what_jq_says_is_kept_back(at_hand: SecretSettings) -> None:
    """It may quote the secret."""
    async with caller(secrets=at_hand) as call:
        said = await call.fails(
            "expression", 400, method="get", secrets=["key"],
            deferred=[later("/endpoint", "$secrets.key | tonumber")],
        )  # fmt: skip

    assert "k3y" not in said
    assert "`/endpoint`" in said


async def test_another_secret_is_not_permitted(web: HttpFiles, at_hand: SecretSettings) -> None:
    """Nothing is sent."""
    async with caller(secrets=at_hand) as call:
        await call.fails(
            "authorization", 403, method="get", endpoint=web.url("/"), secrets=["key"],
            deferred=[later("/headers", "{a: $secrets.account.username}")],
        )  # fmt: skip
        await call.fails(
            "authorization", 403, method="get", secrets=["key"],
            endpoint={"uri": web.url("/"), "authentication": {"basic": {"use": "account"}}},
        )  # fmt: skip

    assert web.requests == []


async def test_an_unforeseen_error_shows_nothing(
    web: HttpFiles, at_hand: SecretSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the fault nor in the log."""
    async with caller(secrets=at_hand) as call:
        said = await call.fails(
            "runtime", 500, method="get", endpoint=web.url("/"), secrets=["key"], query={},
            deferred=[later("/query/1/2", "$secrets.key"), later("/query/1/2/3", "$secrets.key")],
        )  # fmt: skip

    assert "k3y-0815" not in said + caplog.text
    assert "step failed" in caplog.text


async def test_a_fault_names_its_task(call: Caller) -> None:
    """As the trace does."""
    with pytest.raises(Fault) as raised:
        await call(method="get", endpoint="nowhere", instance="/do/3/fetch")

    assert raised.value.problem["instance"] == "/do/3/fetch"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
