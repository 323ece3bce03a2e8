"""Every example with the real engine: check, install, enable, its own tests, disable, remove."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from modules_app.hooks.specs import HOOKS
from modules_app.inspection.files import DirectoryFiles
from modules_app.inspection.report import inspect_package
from modules_app.manifests.reader import read_manifest
from modules_app.models import KeptData, Module
from modules_app.packages.pack import build_package
from modules_app.selectors.registry import registry_module
from tests.lifecycle import Life
from tests.meta.source import ROOT

EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/module.[jx]*"))
LANGUAGES = ("en", "ru")


def name_of(folder: Path) -> str:
    return folder.name


def report(folder: Path) -> dict[str, Any]:
    (manifest,) = folder.glob("module.[jx]*")
    reading = read_manifest(manifest.name, manifest.read_bytes())
    return inspect_package(DirectoryFiles(folder), reading).as_dict()


def requirements(folder: Path) -> list[Path]:
    """Return the folders of the examples that this one depends on."""
    (manifest,) = folder.glob("module.[jx]*")
    found = read_manifest(manifest.name, manifest.read_bytes()).manifest
    needed = (found.facts if found else {}).get("depends") or []
    names = [one["value"].split()[0] for one in needed if one["kind"] == "module"]
    return [folder.parent / name for name in names]


@pytest.mark.parametrize("folder", EXAMPLES, ids=name_of)
def test_the_check_finds_nothing(folder: Path) -> None:
    found = report(folder)
    assert (found["id"], found["errors"], found["warnings"]) == (folder.name, [], [])
    assert not [one for one in found["notes"] if one["slug"] == "lint-allowed"]


@pytest.mark.parametrize("folder", EXAMPLES, ids=name_of)
def test_an_example_lives_and_passes_its_own_tests(life: Life, folder: Path) -> None:
    needed = requirements(folder)
    for one in (*needed, folder):
        operation = life.install(build_package(one))
        assert operation.outcome == "done", operation.error
        operation = life.enable(one.name)
        assert operation.outcome == "done", operation.error
    if (folder / "tests").is_dir():
        run_own_tests(life, folder)
    for one in (folder, *reversed(needed)):
        operation = life.disable(one.name)
        assert operation.outcome == "done", operation.error
        assert life.remove(one.name, keep_data=False).outcome == "done"
    assert not Module.objects.exists()
    assert not KeptData.objects.exists()
    assert life.residue() == []


def run_own_tests(life: Life, folder: Path) -> None:
    payload = {
        "module": registry_module(Module.objects.get(pk=folder.name)).as_dict(),
        "tests": str(folder / "tests"),
        "data_dir": str(life.data_dir.root),
        "pbx_version": "2026.3.1",
    }
    result = life.tools.zygote.run("modules_app.host.testing:run_tests", payload, seconds=60)
    assert result.value is not None, result
    assert (result.value["error"], result.value["failed"]) == ("", 0), result.value["output"]
    assert result.value["ran"] >= 2


def test_one_example_uses_every_hook_that_is_called() -> None:
    used = set(report(ROOT / "examples" / "ModuleEverything")["hooks"])
    assert used == {spec.name for spec in HOOKS if spec.called}


@pytest.mark.parametrize("folder", EXAMPLES, ids=name_of)
def test_every_text_that_an_example_uses_is_there_in_both_languages(folder: Path) -> None:
    texts = [path.read_text() for path in folder.rglob("*.html")]
    used = set(re.findall(r"{% text [\"'](\w+)[\"']", "\n".join(texts)))
    for language in LANGUAGES if used else ():
        known = (folder / "messages" / f"{language}.json").read_text()
        assert {key for key in used if f'"{key}"' not in known} == set()


def test_scripts_that_talk_to_asterisk_have_the_present_file_beside_them() -> None:
    ours = (ROOT / "modules_app" / "sdk" / "agi.py").read_bytes()
    copies = sorted(ROOT.glob("examples/*/agi-bin/lib/agi.py"))
    assert copies and all(copy.read_bytes() == ours for copy in copies)
