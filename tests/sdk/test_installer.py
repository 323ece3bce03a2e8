"""The installer's steps, their order, what is said when one fails (seed 001, reference M2.7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.broken_modules import CHANGES_ITS_FILES, in_installer
from tests.workbench import Workbench

STEPS = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def _note(self, name):
        self.messages.append(name)
        return name != {failing!r}
    def check_compatibility(self): return self._note("check_compatibility")
    def activate_license(self): return self._note("activate_license")
    def install_files(self): return self._note("install_files")
    def create_tables_from_models(self): return self._note("create_tables_from_models")
    def register_new_module(self): return self._note("register_new_module")
    def add_to_sidebar(self): return self._note("add_to_sidebar")
    def fix_files_rights(self): return self._note("fix_files_rights")
    def uninstall_db(self, keep_settings=False):
        return self._note(f"uninstall_db {{keep_settings}}")
    def uninstall_files(self, keep_settings=False): return self._note("uninstall_files")
"""
ORDER = [
    "check_compatibility",
    "activate_license",
    "install_files",
    "create_tables_from_models",
    "register_new_module",
    "add_to_sidebar",
    "fix_files_rights",
]
SETUP = "from modules_app.sdk import PbxExtensionSetupBase\n"


def install(bench: Workbench, installer: str = "", **payload: Any) -> dict[str, Any]:
    files = {"installer.py": installer} if installer else {"main.py": ""}
    return bench.run(bench.module(files), **payload)


def test_all_steps_run_in_the_order_of_the_seeds(bench: Workbench) -> None:
    answer = install(bench, STEPS.format(failing=""))
    assert answer["ok"]
    assert answer["messages"] == ORDER


@pytest.mark.parametrize("failing", ORDER)
def test_the_first_failing_step_ends_the_installation(bench: Workbench, failing: str) -> None:
    answer = install(bench, STEPS.format(failing=failing))
    assert not answer["ok"]
    ran = ORDER[: ORDER.index(failing) + 1]
    assert answer["messages"][: len(ran)] == ran
    assert not set(ORDER[len(ran) :]) & set(answer["messages"])
    in_database = ORDER[3:6]
    assert answer["failed_step"] == ("install_db" if failing in in_database else failing)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The files of the module could not be put in place."),
        ("ru", "Не удалось разместить файлы модуля."),
    ],
)
def test_the_failure_is_told_in_the_language_of_the_reader(
    bench: Workbench, language: str, text: str
) -> None:
    answer = install(bench, STEPS.format(failing="install_files"), language=language)
    assert answer["messages"][-1] == text


def test_a_module_without_installer_inherits_everything(bench: Workbench) -> None:
    answer = install(bench)
    assert answer["ok"], answer
    assert answer["sidebar"] == [
        {
            "key": "ModuleBroken",
            "group": "modules",
            "icon": "puzzle",
            "caption": "BreadcrumbModuleBroken",
            "href": "",
            "shown": True,
            "order": 0,
        }
    ]


def test_an_empty_subclass_inherits_everything(bench: Workbench) -> None:
    answer = install(bench, SETUP + "class PbxExtensionSetup(PbxExtensionSetupBase): ...")
    assert answer["ok"], answer
    assert answer["sidebar"][0]["group"] == "modules"


@pytest.mark.parametrize(
    ("pbx", "minimum", "fits"),
    [
        ("2026.3.1", "2026.3.1", True),
        ("2026.3.1", "2026.3.2", False),
        ("2026.3.2-dev", "2026.3.2", True),
        ("2026.3.2", "2026.3.2-dev", True),
        ("2026.3.1", "", True),
        ("2026.3.1", None, True),
        ("2024.10.1", "2024.9.9", True),
    ],
)
def test_the_pbx_must_not_be_older_than_the_module_asks(
    bench: Workbench, pbx: str, minimum: str | None, fits: bool
) -> None:
    answer = install(bench, manifest={"min_pbx_version": minimum}, pbx_version=pbx)
    assert answer["ok"] is fits
    if not fits:
        assert answer["failed_step"] == "check_compatibility"
        assert answer["messages"] == [f"The module needs PBX version {minimum} or higher."]


def test_a_commercial_module_without_licence_key_is_refused(bench: Workbench) -> None:
    answer = install(bench, manifest={"lic_product_id": 7})
    assert answer["failed_step"] == "activate_license"
    assert "no licence key" in answer["messages"][0]


def test_a_commercial_module_with_licence_key_goes_on_and_says_what_was_not_done(
    bench: Workbench,
) -> None:
    answer = install(bench, manifest={"lic_product_id": 7}, settings={"PBXLicense": "MIKO-1"})
    assert answer["ok"]
    assert "not verified" in answer["messages"][0]


def test_recorded_calls_come_back_as_data(bench: Workbench) -> None:
    answer = install(
        bench,
        SETUP
        + """
class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        self.settings.set("ModuleBrokenMode", self.settings.get("SIPPort") + "!")
        self.add_executable("tools/run.sh")
        self.place_file("rules.conf", "allow")
        self.delete_system_rows("firewall")
        self.stop_workers()
        (self.logs_dir / "install.log").write_text("here")
        self.messages.append(str(self.is_enabled("ModuleOther")))
        self.messages.append(self.settings.get("ModuleBrokenMode"))
        return True
""",
        settings={"SIPPort": "5060"},
        enabled=["ModuleOther"],
    )
    assert answer["ok"], answer
    assert answer["settings"] == {"ModuleBrokenMode": "5060!"}
    assert answer["executables"] == ["tools/run.sh"]
    assert answer["placed_files"] == {"rules.conf": "allow"}
    assert answer["deleted_system_rows"] == ["firewall"]
    assert answer["stop_workers"] is True
    assert answer["messages"] == ["True", "5060!"]
    assert (bench.folder / "log" / "ModuleBroken" / "install.log").read_text() == "here"


@pytest.mark.parametrize("call", ["place_file({!r}, '')", "add_executable({!r})"])
@pytest.mark.parametrize("path", ["/etc/passwd", "../other", ""])
def test_a_recorded_path_must_stay_inside(bench: Workbench, call: str, path: str) -> None:
    body = f"self.{call.format(path)}\nreturn True"
    answer = bench.run(bench.module(in_installer(body)))
    assert not answer["ok"]
    assert answer["messages"][0].startswith("ValueError")


def test_everything_in_agi_bin_and_bin_becomes_executable(bench: Workbench) -> None:
    module = bench.module({"agi-bin/a.php": "", "bin/deep/b": "", "tools/c": "", "main.py": ""})
    assert bench.run(module)["executables"] == ["agi-bin/a.php", "bin/deep/b"]


def test_a_sidebar_item_written_as_the_seeds_do_is_understood(bench: Workbench) -> None:
    answer = install(
        bench,
        SETUP
        + """
import json
class PbxExtensionSetup(PbxExtensionSetupBase):
    def add_to_sidebar(self):
        value = {"uniqid": self.module_unique_id, "group": "maintenance", "iconClass": "history",
                 "caption": "Own", "showAtSidebar": False, "href": "/admin-cabinet/x"}
        self.settings.set(f"AdditionalMenuItem{self.module_unique_id}", json.dumps(value))
        return True
""",
    )
    item = answer["sidebar"][0]
    assert (item["group"], item["icon"], item["caption"]) == ("maintenance", "history", "Own")
    assert item["shown"] is False
    assert answer["settings"] == {}


def test_the_store_cannot_be_written_to_and_the_call_to_use_is_named(bench: Workbench) -> None:
    module = bench.module({**in_installer(CHANGES_ITS_FILES), "main.py": "VALUE = 1"})
    answer = bench.run(module)
    assert answer["failed_step"] == "install_files"
    assert "place_file(name, content)" in answer["messages"][0]


def test_uninstalling_runs_both_steps_and_passes_whether_data_is_kept(bench: Workbench) -> None:
    module = bench.module({"installer.py": STEPS.format(failing="")})
    answer = bench.run(module, "uninstall", keep_settings=True)
    assert answer["messages"] == ["uninstall_db True", "uninstall_files"]


def test_a_failing_uninstall_step_is_told(bench: Workbench) -> None:
    module = bench.module({"installer.py": STEPS.format(failing="uninstall_db False")})
    answer = bench.run(module, "uninstall", keep_settings=False)
    assert not answer["ok"]
    assert answer["messages"][-1] == "The module could not take its records back."


def test_a_package_without_python_goes_through_the_same_gates(bench: Workbench) -> None:
    module = bench.module({"Models/X.php": "<?php"}, language="php")
    assert bench.run(module)["sidebar"][0]["key"] == "ModuleBroken"
    assert not bench.run(module, manifest={"min_pbx_version": "2099.1"})["ok"]
