"""Run the Python of a guide as it stands there."""

import importlib
import re
import sys
from pathlib import Path
from typing import Any

import pytest

GUIDES = Path(__file__).parents[1] / "docs" / "guides"


def load_guide(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All Python blocks of a guide, in their order, as one module."""
    text = (GUIDES / f"{name}.md").read_text(encoding="utf-8")
    module = f"guide_{name.replace('-', '_')}"
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (folder / f"{module}.py").write_text("\n\n".join(blocks), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    importlib.invalidate_caches()
    return importlib.import_module(module)
