"""Sounds and AGI scripts: links come with a module that is on, follow it, and go with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier.places import etc_dir
from modules_app.bridge.safe_mode import SAFE_MODE_FILE
from modules_app.domain.operations import Outcome
from modules_app.domain.states import Fault, Phase, Verb
from modules_app.exceptions import Refused
from modules_app.models import Module, SurfaceState
from modules_app.operator.surfaces import refresh
from modules_app.services.surfaces import write_custom_file
from modules_app.surfaces import asterisk
from modules_app.surfaces.preview import preview
from tests.builders import mikopbx, php_module, python_module
from tests.lifecycle import ACTOR, Life

SCRIPT = "#!/bin/sh\necho {}\n"


def talking(
    module_id: str = "ModuleTalk", version: str = "1.0.0", script: str = "talk.sh"
) -> bytes:
    return python_module(
        module_id,
        version,
        {
            "sounds/en/hello.wav": f"hello {version}",
            "sounds/en/digits/1.gsm": "one",
            "sounds/en/too/deep/2.gsm": "two",
            "sounds/en/readme.txt": "text",
            f"agi-bin/{script}": SCRIPT.format(version),
            "agi-bin/lib/part.sh": "",
        },
    )


def pack(module_id: str, folder: str = "de", **more: str) -> bytes:
    files = {f"sounds/{folder}/hello.wav": module_id}
    return mikopbx(module_id, files=files, module_type="languagepack", **more)


def links(name: str) -> dict[str, str]:
    """Return what lies below the surface's folder: path -> content that is read through it."""
    top = etc_dir() / name
    return {
        str(path.relative_to(top)): path.read_text()
        for path in sorted(top.rglob("*"))
        if not path.is_dir()
    }


def blamed(name: str) -> list[tuple[str, str, str]]:
    complaints = SurfaceState.objects.get(name=name).complaints
    return [(one["owner"], one["path"], one["slug"]) for one in complaints]


def run(script: Path) -> str:
    return subprocess.run([script], capture_output=True, text=True, check=True).stdout


def test_links_come_follow_an_upgrade_and_go(life: Life) -> None:
    life.install(talking())
    assert links("sounds") == links("agi-bin") == {}
    assert life.enable("ModuleTalk").outcome == Outcome.DONE
    assert links("sounds") == {
        "en/digits/moduletalk-1.gsm": "one",
        "en/moduletalk-hello.wav": "hello 1.0.0",
    }
    script = etc_dir() / "agi-bin" / "talk.sh"
    assert list(links("agi-bin")) == ["talk.sh"]
    assert run(script) == "1.0.0\n"
    generation = Module.objects.get().generation
    code = life.data_dir.generation("ModuleTalk", generation) / "code"
    assert script.readlink() == code / "agi-bin" / "talk.sh"
    life.install(talking(version="1.1.0"))
    assert links("sounds")["en/moduletalk-hello.wav"] == "hello 1.1.0"
    assert run(script) == "1.1.0\n"
    life.rollback("ModuleTalk")
    assert run(script) == "1.0.0\n"
    Module.objects.update(fault=Fault.DAMAGED)
    assert life.repair("ModuleTalk").outcome == Outcome.DONE
    assert run(script) == "1.0.0\n"
    life.disable("ModuleTalk")
    assert links("sounds") == links("agi-bin") == {}
    life.enable("ModuleTalk")
    life.remove("ModuleTalk", force=True)
    assert links("sounds") == links("agi-bin") == {}
    assert blamed("sounds") == blamed("agi-bin") == []


def test_an_installer_that_marks_nothing_leaves_scripts_executable(life: Life) -> None:
    installer = (
        "from modules_app.sdk import PbxExtensionSetupBase\n"
        "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
        "    def fix_files_rights(self):\n        return True\n"
    )
    files = {"installer.py": installer, "agi-bin/a.sh": SCRIPT.format("here"), "bin/b.sh": ""}
    life.install(python_module(files=files))
    life.enable("ModulePy")
    assert run(etc_dir() / "agi-bin" / "a.sh") == "here\n"


def test_no_code_is_needed(life: Life) -> None:
    life.install(php_module())
    life.enable("ModuleTest")
    assert links("agi-bin") == {}
    life.install(
        mikopbx("ModuleTest", "2.0.0", {"Sounds/ru/a.ulaw": "a", "agi-bin/x.php": "<?php\n"})
    )
    assert links("sounds") == {"ru/moduletest-a.ulaw": "a"}
    assert os.access(etc_dir() / "agi-bin" / "x.php", os.X_OK)


def test_a_pause_and_safe_mode_take_links_away(life: Life) -> None:
    life.install(talking())
    life.enable("ModuleTalk")
    for values in ({"fault": Fault.PAUSED}, {"phase": Phase.MAINTENANCE}):
        Module.objects.update(**values)
        refresh(life.tools)
        assert links("agi-bin") == {}
        Module.objects.update(fault=Fault.NONE, phase=Phase.READY)
        refresh(life.tools)
        assert list(links("agi-bin")) == ["talk.sh"]
    (life.data_dir.root / SAFE_MODE_FILE).touch()
    refresh(life.tools)
    assert links("sounds") == links("agi-bin") == {}


def test_a_second_pack_for_a_language_is_refused(life: Life) -> None:
    life.install(pack("ModuleGerman", language_code="de"))
    life.install(pack("ModuleToo"))
    life.enable("ModuleGerman")
    assert links("sounds") == {"de/hello.wav": "ModuleGerman"}
    refused = life.enable("ModuleToo")
    assert (refused.outcome, refused.error["slug"]) == (Outcome.REFUSED, "language-taken")
    assert refused.error["context"] == {
        "id": "ModuleToo",
        "language": "de",
        "owner": "ModuleGerman",
    }
    Module.objects.filter(pk="ModuleToo").update(wanted="on")
    refresh(life.tools)
    assert links("sounds") == {"de/hello.wav": "ModuleGerman"}
    assert blamed("sounds") == [("ModuleToo", "sounds/de", "language-taken")]


def test_a_pack_keeps_plain_names_in_its_own_language_only(life: Life) -> None:
    files = {"sounds/pt_BR/a.wav": "a", "sounds/en/b.wav": "b"}
    life.install(
        mikopbx("ModuleBr", files=files, module_type="languagepack", language_code="pt-br")
    )
    life.enable("ModuleBr")
    assert links("sounds") == {"en/modulebr-b.wav": "b", "pt_BR/a.wav": "a"}


def test_of_two_modules_that_want_one_name_both_are_named(life: Life) -> None:
    for module_id in ("ModuleB", "ModuleA"):
        life.install(talking(module_id, script="same.sh"))
        life.enable(module_id)
    (complaint,) = SurfaceState.objects.get(name="agi-bin").complaints
    assert (complaint["owner"], complaint["path"]) == ("ModuleB", "agi-bin/same.sh")
    assert complaint["context"] == {"first": "ModuleA", "second": "ModuleB"}
    assert "ModuleA" in str((etc_dir() / "agi-bin" / "same.sh").readlink())
    assert len(links("sounds")) == 4
    life.disable("ModuleA")
    assert "ModuleB" in str((etc_dir() / "agi-bin" / "same.sh").readlink())
    assert blamed("agi-bin") == []


def test_names_that_asterisk_would_not_take_are_left_out_and_blamed(life: Life) -> None:
    names = ("good.wav", "a b.wav", "a&b.wav", "ё.wav", "n" * 95 + ".wav")
    files = {f"sounds/en/{name}": "x" for name in names} | {"agi-bin/$(id).sh": SCRIPT}
    life.install(mikopbx("ModuleOdd", files=files))
    life.enable("ModuleOdd")
    assert links("sounds") == {"en/moduleodd-good.wav": "x"}
    assert links("agi-bin") == {}
    assert {slug for _owner, _path, slug in blamed("sounds")} == {"link-name"}
    assert len(blamed("sounds")) == 4
    assert blamed("agi-bin") == [("ModuleOdd", "agi-bin/$(id).sh", "link-name")]


@pytest.mark.parametrize("harm", ["link", "link above", "gone", "folder"])
def test_what_is_no_file_of_the_module_any_more_is_left_out_and_blamed(
    life: Life, harm: str, tmp_path: Path
) -> None:
    """Module code may have altered the files; the applier looks before it links."""
    life.install(talking())
    life.install(talking("ModuleOther", script="other.sh"))
    life.enable("ModuleOther")
    module = Module.objects.get(pk="ModuleTalk")
    folder = life.data_dir.store / "ModuleTalk" / module.generation / "code" / "agi-bin"
    if harm == "link above":
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        (folder / "talk.sh").unlink()
    if harm == "link":
        (folder / "talk.sh").symlink_to("/etc/passwd")
    elif harm == "folder":
        (folder / "talk.sh").mkdir()
    Module.objects.filter(pk="ModuleTalk").update(wanted="on")
    refresh(life.tools)
    assert list(links("agi-bin")) == ["other.sh"]
    assert blamed("agi-bin") == [("ModuleTalk", "agi-bin/talk.sh", "link-lost")]


def test_who_wants_too_many_is_left_out_alone(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asterisk, "ROOM", 300)
    many = {f"sounds/en/{number}.wav": "x" for number in range(9)}
    for module_id, files in (("ModuleA", many), ("ModuleB", {"sounds/en/b.wav": "b"})):
        life.install(mikopbx(module_id, files=files))
        life.enable(module_id)
    assert links("sounds") == {"en/moduleb-b.wav": "b"}
    assert blamed("sounds") == [("ModuleA", "sounds", "links-too-many")]


def test_links_that_somebody_changed_are_made_anew(life: Life) -> None:
    life.install(talking())
    life.enable("ModuleTalk")
    link = etc_dir() / "agi-bin" / "talk.sh"
    for harm in (lambda: link.symlink_to("/bin/true"), lambda: link.write_text("x"), lambda: None):
        link.unlink()
        harm()
        refresh(life.tools)
        assert run(link) == "1.0.0\n"
    shutil.rmtree(etc_dir())
    refresh(life.tools)
    assert run(link) == "1.0.0\n"


def test_a_plan_says_how_many_links_change(life: Life) -> None:
    life.install(talking())
    said = preview(verb=Verb.ENABLE, module_id="ModuleTalk").sentences
    counts = {one["context"]["surface"]: one["context"]["added"] for one in said}
    assert counts == {"sounds": 2, "agi-bin": 1}
    life.enable("ModuleTalk")
    (_scripts, sounds) = preview(verb=Verb.DISABLE, module_id="ModuleTalk").sentences
    assert sounds["context"] == {"surface": "sounds", "added": 0, "removed": 2}


def test_nobody_writes_a_text_into_a_link(life: Life) -> None:
    life.install(talking())
    life.enable("ModuleTalk")
    with pytest.raises(Refused) as caught:
        write_custom_file(actor=ACTOR, path="agi-bin/talk.sh", mode="override", text="rm -rf /")
    assert caught.value.slug == "custom-of-link"


@pytest.fixture
def system(life: Life, settings: Settings) -> Path:
    """The folders of an Asterisk, with a sound and a script of their own."""
    system = life.data_dir.root / "asterisk"
    for path in ("sounds/de/stock.wav", "agi-bin/own.sh"):
        (system / path).parent.mkdir(parents=True)
        (system / path).write_text("stock")
    settings.PBX_SOUNDS_DIR = str(system / "sounds")
    settings.PBX_AGI_DIR = str(system / "agi-bin")
    return system


def found(system: Path) -> list[str]:
    return sorted(str(p.relative_to(system)) for p in system.rglob("*") if not p.is_dir())


def test_asterisks_own_folders_get_the_links_and_lose_them(life: Life, system: Path) -> None:
    before = found(system)
    life.install(talking())
    life.enable("ModuleTalk")
    assert found(system) == sorted(
        [
            *before,
            "agi-bin/talk.sh",
            "sounds/en/digits/moduletalk-1.gsm",
            "sounds/en/moduletalk-hello.wav",
        ]
    )
    assert (system / "sounds/en/moduletalk-hello.wav").read_text() == "hello 1.0.0"
    life.install(talking(version="1.1.0"))
    assert run(system / "agi-bin/talk.sh") == "1.1.0\n"
    (system / "sounds/en/moduletalk-hello.wav").unlink()
    refresh(life.tools)
    assert (system / "sounds/en/moduletalk-hello.wav").is_symlink()
    life.disable("ModuleTalk")
    assert found(system) == before
    assert not (system / "sounds" / "en").exists()


def test_what_lies_in_asterisks_folders_is_never_replaced(life: Life, system: Path) -> None:
    life.install(talking(script="own.sh"))
    life.enable("ModuleTalk")
    life.install(pack("ModuleGerman", language_code="de"))
    (system / "sounds/de/hello.wav").write_text("stock")
    life.enable("ModuleGerman")
    assert blamed("agi-bin") == [("ModuleTalk", "agi-bin/own.sh", "link-in-the-way")]
    assert blamed("sounds") == [("ModuleGerman", "sounds/de", "link-in-the-way")]
    assert (system / "agi-bin/own.sh").read_text() == "stock"
    assert (system / "sounds/de/hello.wav").read_text() == "stock"
    assert (system / "sounds/en/moduletalk-hello.wav").is_symlink()


def test_a_folder_that_is_a_link_is_in_the_way(life: Life, system: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (system / "sounds" / "en").symlink_to(tmp_path / "elsewhere")
    life.install(talking())
    life.enable("ModuleTalk")
    assert len(blamed("sounds")) == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_missing_folder_of_asterisk_is_a_problem_that_is_named(life: Life, system: Path) -> None:
    shutil.rmtree(system)
    life.install(talking())
    life.enable("ModuleTalk")
    assert SurfaceState.objects.get(name="agi-bin").problem["slug"] == "applier-folder-missing"
    assert SurfaceState.objects.get(name="sounds").problem["slug"] == "applier-folder-missing"
