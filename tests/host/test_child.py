"""Broken modules in the child of an operation (reference R3.4): always an answer, never a lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import broken_modules as broken
from tests.workbench import Workbench


@pytest.mark.parametrize("kind", broken.RAISES)
@pytest.mark.parametrize("file", ["models.py", "conf.py", "installer.py", "urls.py", "__init__.py"])
def test_b01_what_a_file_raises_is_told(bench: Workbench, kind: str, file: str) -> None:
    body, said = broken.RAISES[kind]
    answer = bench.run(bench.module(broken.at_import(body, file)))
    assert not answer["ok"]
    assert answer["failed_step"] == "load"
    assert said in answer["messages"][0]
    assert "Traceback" in answer["error"] or "SyntaxError" in answer["error"]


@pytest.mark.parametrize("body", broken.EXITS)
@pytest.mark.parametrize("where", [broken.at_import, broken.in_installer])
def test_b02_a_module_that_ends_the_process_never_counts_as_done(
    bench: Workbench, body: str, where: object
) -> None:
    result = bench.child(bench.module(where(body)), "install")  # type: ignore[operator]
    assert not result.ok
    assert result.problem in ("no-verdict", "crashed")


def test_b03_a_crash_is_told_as_one(bench: Workbench) -> None:
    result = bench.child(bench.module(broken.at_import(broken.SEGFAULT)), "install")
    assert (result.ok, result.problem) == (False, "crashed")


@pytest.mark.parametrize("body", [broken.SPINS, broken.SLEEPS])
def test_b04_b05_a_module_that_hangs_is_stopped(bench: Workbench, body: str) -> None:
    result = bench.child(bench.module(broken.at_import(body)), "install", seconds=2)
    assert (result.ok, result.problem) == (False, "timeout")


def test_b08_shouting_changes_nothing_and_is_kept_short(bench: Workbench) -> None:
    module = bench.module(broken.in_installer(broken.SHOUTS + "\nreturn False"))
    result = bench.child(module, "install")
    assert result.ok and result.value is not None
    assert result.value["ok"] is False
    assert len(result.output) < 100_000


def test_b20_a_raising_uninstaller_is_an_answer(bench: Workbench) -> None:
    code = """
from modules_app.sdk import PbxExtensionSetupBase
class PbxExtensionSetup(PbxExtensionSetupBase):
    def uninstall_db(self, keep_settings=False): raise OSError("no")
"""
    answer = bench.run(bench.module({"installer.py": code}), "uninstall")
    assert not answer["ok"]
    assert answer["messages"] == ["OSError: no"]


def test_an_installer_that_answers_false_is_told_with_its_messages(bench: Workbench) -> None:
    body = "self.messages.append('the disk is square')\nreturn False"
    answer = bench.run(bench.module(broken.in_installer(body)))
    assert not answer["ok"]
    assert answer["messages"][0] == "the disk is square"


def test_a_foreign_key_to_the_core_is_refused(bench: Workbench) -> None:
    answer = bench.run(bench.module({"models.py": broken.FOREIGN_KEY}))
    assert not answer["ok"]
    assert "Note.module → modules_app.Module" in answer["messages"][0]
    assert answer["tables"]["created"] == []


def test_a_module_cannot_write_core_records(bench: Workbench, core_file: Path) -> None:
    body = """
from modules_app.models import PbxSetting
PbxSetting.objects.create(key="x", value="y")
"""
    answer = bench.run(bench.module(broken.in_installer(body)))
    assert not answer["ok"]
    assert "attempt to write a readonly database" in answer["messages"][0]


def test_the_example_of_the_mikopbx_contract_installs(bench: Workbench) -> None:
    module = bench.example("ModuleBlackList", "mikopbx")
    answer = bench.run(module)
    assert answer["ok"], answer
    assert answer["tables"]["created"] == ["m_BlackListNumbers"]
    assert answer["sidebar"][0]["group"] == "security"
    assert answer["sidebar"][0]["icon"] == "ban"
    assert bench.rows(module, "SELECT number FROM m_BlackListNumbers") == [("0000000000",)]
    assert bench.run(module)["tables"]["altered"] == []
    assert len(bench.rows(module, "SELECT * FROM m_BlackListNumbers")) == 1


GREETINGS = """
CREATE TABLE hellopbx_greetings
(id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL DEFAULT '', greeted INTEGER DEFAULT 0)
"""


def test_the_example_of_the_freepbx_contract_finds_its_declared_table(bench: Workbench) -> None:
    module = bench.example("hellopbx", "freepbx")
    bench.rows(module, GREETINGS)
    answer = bench.run(module)
    assert answer["ok"], answer
    assert answer["tables"] == {"created": [], "altered": [], "kept": []}
    assert bench.rows(module, "SELECT name FROM hellopbx_greetings") == [("world",)]
    assert bench.run(module, "uninstall", language="ru")["messages"] == ["Hello PBX прощается."]


@pytest.mark.parametrize(
    ("module_id", "name"), [("asterisk-cli", "Asteriskdashcli"), ("Hello", "Hello")]
)
def test_the_freepbx_class_is_found_by_its_name(
    bench: Workbench, module_id: str, name: str
) -> None:
    code = f"""
from modules_app.sdk import FreePbxModule
class Base(FreePbxModule): pass
class {name}(Base):
    def install(self): return False
"""
    answer = bench.run(bench.module({"module.py": code}, module_id, contract="freepbx"))
    assert not answer["ok"]
    assert answer["failed_step"] == "install"
    assert answer["messages"] == [
        "The install() method of the module answered False and gave no reason."
    ]
