"""New modules: whatever they are written with, they are well from the first moment."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from modules_app.exceptions import Refused
from modules_app.host.testing import run_tests
from modules_app.inspection.files import DirectoryFiles
from modules_app.inspection.report import inspect_package
from modules_app.manifests.reader import read_manifest
from modules_app.models import HookResult, Module
from modules_app.packages.pack import build_package
from modules_app.scaffold.build import TEMPLATES, build_module
from modules_app.scaffold.features import FEATURES, Names
from modules_app.scaffold.pieces import join_python
from modules_app.selectors.registry import registry_module
from telephony_app.generators.rendering import render
from telephony_app.models import Extension, IncomingRoute, SipAccount
from telephony_app.selectors.answers import stored_answers
from telephony_app.selectors.snapshot import read_snapshot
from tests.lifecycle import Life

ID = "ModuleNightWatch"
MIKOPBX = tuple(name for name in FEATURES if name != "freepbx")


def write(folder: Path, module_id: str, *features: str) -> Path:
    for name, text in build_module(module_id, features).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def report(folder: Path) -> dict[str, Any]:
    (manifest,) = folder.glob("module.[jx]*")
    reading = read_manifest(manifest.name, manifest.read_bytes())
    return inspect_package(DirectoryFiles(folder), reading).as_dict()


@pytest.mark.parametrize("name", MIKOPBX)
def test_each_feature_alone_has_no_fault(tmp_path: Path, name: str) -> None:
    found = report(write(tmp_path, ID, name))
    assert (found["id"], found["errors"]) == (ID, [])
    assert [one["slug"] for one in found["warnings"]] == ["version-placeholder"]


@pytest.mark.parametrize("features", [MIKOPBX, FEATURES, ("freepbx",), ("freepbx", "page")])
def test_features_go_together(tmp_path: Path, features: tuple[str, ...]) -> None:
    module_id = "nightwatch" if "freepbx" in features else ID
    found = report(write(tmp_path, module_id, *features))
    assert (found["id"], found["errors"]) == (module_id, [])
    assert [one["slug"] for one in found["warnings"]] == (
        ["version-placeholder"] if module_id == ID else []
    )


@pytest.mark.parametrize("name", FEATURES)
def test_each_feature_brings_tests_and_a_readme(name: str) -> None:
    files = build_module("nightwatch" if name == "freepbx" else ID, [name])
    assert "README.md" in files
    own = list((TEMPLATES / name).glob("tests/*"))
    assert own or name in ("language", "freepbx")
    assert "tests/test_module.py" in files


def test_a_module_with_everything_lives_and_passes_its_own_tests(
    life: Life, tmp_path: Path
) -> None:
    folder = write(tmp_path / "source", ID, *MIKOPBX)
    operation = life.install(build_package(folder, version="1.0.0"), enable=True)
    assert operation.outcome == "done", operation.error
    payload = {
        "module": registry_module(Module.objects.get(pk=ID)).as_dict(),
        "tests": str(folder / "tests"),
        "data_dir": str(life.data_dir.root),
        "pbx_version": "2026.3.1",
    }
    target = f"{run_tests.__module__}:run_tests"
    result = life.tools.zygote.run(target, payload, seconds=60)
    assert result.value is not None, result
    assert (result.value["error"], result.value["failed"]) == ("", 0), result.value["output"]
    assert result.value["ran"] >= 12
    assert life.remove(ID, keep_data=False).outcome == "done"


def test_what_a_telephone_module_adds_stands_in_the_files_of_asterisk(
    life: Life, tmp_path: Path
) -> None:
    phone = Extension.objects.create(number="201", name="Ann")
    SipAccount.objects.create(extension=phone, secret="a-long-secret-of-tests")
    IncomingRoute.objects.create(number="74951234567", extension=phone)
    folder = write(tmp_path / "source", ID, "telephony", "worker")
    operation = life.install(build_package(folder, version="1.0.0"), enable=True)
    assert operation.outcome == "done", operation.error
    drawn = render(read_snapshot(), stored_answers()).texts
    dialplan, phones = drawn["asterisk/extensions.conf"], drawn["asterisk/pjsip.conf"]
    assert "\n[module-night-watch]\nexten => s,1,Answer()\n" in dialplan
    internal = dialplan.partition("\n[internal]\n")[2].partition("\n[")[0]
    assert "\nexten => 5500,1,Goto(module-night-watch,s,1)\n" in internal
    call = dialplan.partition("\nexten => 74951234567,1,")[2].partition("\nexten")[0]
    step = "\nsame => n,Set(CALLERID(name)=${FROM_DID}: ${CALLERID(name)})\n"
    assert step in call.partition("Dial(Local/201@")[0]
    assert "\n[201](aor-common)\n; === Module overrides ===\nmax_contacts = 3\n" in phones
    workers = [one["worker"] for one in HookResult.objects.get(hook="get_module_workers").answer]
    assert workers == ["NightWatchListener", "NightWatchWorker"]
    assert life.disable(ID).outcome == "done"
    drawn = render(read_snapshot(), stored_answers()).texts
    assert "night-watch" not in drawn["asterisk/extensions.conf"]
    assert "max_contacts = 3\n" not in drawn["asterisk/pjsip.conf"]


def test_a_freepbx_module_lives(life: Life, tmp_path: Path) -> None:
    folder = write(tmp_path / "source", "nightwatch", "freepbx", "page")
    operation = life.install(build_package(folder), enable=True)
    assert operation.outcome == "done", operation.error
    assert Module.objects.get(pk="nightwatch").wanted == "on"


@pytest.mark.parametrize(
    ("module_id", "features", "slug"),
    [
        ("BlackList", ["page"], "id-not-usual"),
        ("ModuleBlackList", ["page", "freepbx"], "id-not-usual"),
        ("../Module", ["page"], "id-not-usual"),
        (ID, ["pages"], "no-such-feature"),
    ],
)
def test_what_cannot_be_is_refused(module_id: str, features: list[str], slug: str) -> None:
    with pytest.raises(Refused) as refused:
        build_module(module_id, features)
    assert refused.value.slug == slug


def test_the_spellings_of_an_id() -> None:
    assert Names("ModuleCTIClient2").as_dict() == {
        "id": "ModuleCTIClient2",
        "short": "CTIClient2",
        "kebab": "cti-client2",
        "snake": "cti_client2",
        "title": "Cti client2",
        "jail": "module_c_t_i_client2",
    }


def test_files_in_python_are_joined() -> None:
    first = '"""First."""\nimport os\nfrom a import B\n\nX = [\n    1,\n]\n\n\nclass C:\n'
    first += '    """C."""\n'
    first += "\n    def one(self): ...\n"
    second = '"""Second."""\nfrom a import c, B\n\nX = [2]\n\n\nclass C:\n    """C."""\n\n'
    second += "    # why\n    @property\n    def two(self): ...\n\n    def one(self): ...\n"
    joined = join_python([first, second])
    assert ast.get_docstring(ast.parse(joined)) == "First."
    assert "from a import B, c\n" in joined
    assert "X = [\n    1,\n    2,\n]" in joined
    assert joined.count("def one") == 1
    assert "    # why\n    @property\n    def two" in joined
