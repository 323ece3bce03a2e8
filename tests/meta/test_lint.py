"""The linter finds nothing; its rules, and why a file is free of one, stand in pyproject.toml."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.meta.source import ROOT

SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
_DECLARED = re.compile(r"^ {0,2}(?:function|var|let|const) ([\w$]+)", re.MULTILINE)


def ruff(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the linter with our configuration; ``text`` is given to it as a file."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, input=text, capture_output=True, text=True, check=False
    )


def test_the_linter_finds_nothing() -> None:
    done = ruff(".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_would_be_noticed() -> None:
    done = ruff("--stdin-filename", "modules_app/x.py", "-", text="import os\n")
    assert "F401" in done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_no_script_gives_two_things_one_name(script: Path) -> None:
    """The second would silently replace the first, wherever it stands."""
    names = Counter(_DECLARED.findall(script.read_text()))
    assert [name for name, times in names.items() if times > 1] == []
