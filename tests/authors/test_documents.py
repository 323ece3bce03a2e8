"""Documents for authors: samples are cut from examples, and the tutorial makes its module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modules_app.cli.guides import guides
from modules_app.cli.samples import cuts, fill, named
from modules_app.inspection.files import DirectoryFiles
from modules_app.inspection.lint.rules import RULES
from modules_app.inspection.report import inspect_package
from modules_app.manifests.reader import read_manifest
from modules_app.packages.pack import build_package
from tests.lifecycle import Life
from tests.meta.source import ROOT, shown

DOCUMENTS = sorted((ROOT / "docs").rglob("*.md"))
TUTORIAL = ROOT / "docs" / "tutorial" / "first-module.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_samples_are_as_in_the_examples(document: Path) -> None:
    text = document.read_text()
    assert fill(text, ROOT) == text, "run script/docs"


def test_every_sample_of_the_tutorial_is_cut() -> None:
    text = TUTORIAL.read_text()
    assert len(cuts(text)) == len(BLOCK.findall(text)) >= 10


def test_a_sample_that_differs_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class A:\n    @staticmethod\n    def b():\n        return 1\n")
    text = "<!-- cut a.py#A.b -->\n```python\nold\n```\n"
    filled = "<!-- cut a.py#A.b -->\n```python\n@staticmethod\ndef b():\n    return 1\n```\n"
    assert fill(text, tmp_path) == filled
    with pytest.raises(LookupError):
        named("class A: ...", "B")


@pytest.mark.parametrize("name", guides())
def test_written_guides_are_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == guides()[name], "run script/docs"


def test_the_guide_names_every_rule() -> None:
    text = guides()["guides/anti-patterns.md"]
    assert [rule.slug for rule in RULES if f"### {rule.slug}\n" not in text] == []


def test_the_tutorial_makes_a_module_that_lives(life: Life, tmp_path: Path) -> None:
    folder = tmp_path / "ModuleBlackList"
    text = TUTORIAL.read_text()
    for path, block in zip(cuts(text), BLOCK.finditer(text), strict=True):
        file = folder / Path(path).relative_to("examples/ModuleBlackList")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block[2])
    reading = read_manifest("module.json", (folder / "module.json").read_bytes())
    found = inspect_package(DirectoryFiles(folder), reading).as_dict()
    assert found["errors"] + found["warnings"] == []
    assert found["titles"]["en"] == "Black list"
    operation = life.install(build_package(folder))
    assert operation.outcome == "done", operation.error
    operation = life.enable("ModuleBlackList")
    assert operation.outcome == "done", operation.error
