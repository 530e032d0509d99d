"""Every block of settings on every page is one that Everloom takes; every JSON is one it reads."""

import base64
import json
import re
from pathlib import Path

import pytest
from tests.docs.definition_blocks import belongs_to_a_definition, is_definition
from tests.docs.pages import Block, read_blocks
from tests.servers.certificates import Authority

from everloom.settings import Settings, TemporalSettings, load_settings
from everloom.temporal import TemporalService
from mail_platform.models import ImportRequest

YAML = [block for block in read_blocks("yaml", "yml") if not is_definition(block)]
TOML = read_blocks("toml")
JSON = [block for block in read_blocks("json") if not belongs_to_a_definition(block)]

JSON_READ = {
    "apps/mail_platform/README.md": "an import request: below",
    "docs/guides/logs.md": "a log line: tests/worker/test_log_levels.py has its fields",
    "docs/tutorial/first-workflow.md": "results: tests/docs/test_tutorial.py",
}


def place(block: Block) -> str:
    """The name of a case."""
    return block.place


@pytest.mark.parametrize("block", YAML, ids=place)
def test_settings_are_taken(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They load as a settings file of their own, and what they say is what holds."""
    monkeypatch.chdir(tmp_path)
    key = tmp_path / "key"
    key.write_text(base64.b64encode(bytes(32)).decode(), encoding="utf-8")
    text = re.sub(r"/run/secrets/\S+", str(key), block.text)
    text = text.replace('codec_tokens: ["..."]', f'codec_tokens: ["{"ab" * 32}"]')
    (tmp_path / "everloom.yaml").write_text(text, encoding="utf-8")

    settings = load_settings(tmp_path).model_dump(mode="json")

    assert settings != Settings(folder=tmp_path).model_dump(mode="json")


@pytest.mark.parametrize("block", TOML, ids=place)
def test_profiles_are_taken(block: Block, tmp_path: Path) -> None:
    """They are read as the `temporal` command's own file."""
    file = tmp_path / "temporal.toml"
    file.write_text(block.text.replace("/etc/temporal", str(tmp_path)), encoding="utf-8")
    authority = Authority()
    authority.write(tmp_path / "ca.pem")
    authority.write_client(tmp_path)

    chosen = TemporalSettings(config_file=file, profile="production")

    assert TemporalService(Settings(folder=tmp_path, temporal=chosen)).address != "127.0.0.1:7233"


def test_json_is_what_it_says() -> None:
    """It is JSON, an import request is one, and no page shows JSON that no test reads."""
    read = {block.page: json.loads(block.text) for block in JSON}

    assert set(read) == set(JSON_READ)
    assert ImportRequest.model_validate(read["apps/mail_platform/README.md"]).feed == "shop"
