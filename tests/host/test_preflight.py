"""The trial of a module's code before an operation: what it finds, and at which stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modules_app.bridge.registry import RegistryModule
from modules_app.processes.zygote import ChildLimits, ChildResult
from tests import broken_modules as broken
from tests.workbench import Workbench

PREFLIGHT = "modules_app.host.preflight:preflight"
LIMITS = ChildLimits(
    cpu_seconds=10, memory_bytes=512 * 1024 * 1024, open_files=128, processes=50, network=False
)


def child(bench: Workbench, module: RegistryModule, **more: Any) -> ChildResult:
    return bench.try_out(PREFLIGHT, module, limits=LIMITS, **more)


def verdict(bench: Workbench, module: RegistryModule, **more: Any) -> dict[str, Any]:
    """Return what preflight says of a module; its child must have answered."""
    result = child(bench, module, **more)
    assert result.ok and result.value is not None, result
    return result.value


@pytest.mark.parametrize(
    ("name", "contract"), [("ModuleBlackList", "mikopbx"), ("hellopbx", "freepbx")]
)
def test_the_examples_pass(bench: Workbench, name: str, contract: str) -> None:
    answer = verdict(bench, bench.example(name, contract))

    assert answer["ok"], answer
    assert (answer["error"], answer["traceback"]) == ("", "")


@pytest.mark.parametrize("file", ["agi-bin/tool.py", "tests/deep/below.py", "main.py"])
def test_every_file_must_compile_also_those_that_nobody_imports(
    bench: Workbench, file: str
) -> None:
    answer = verdict(bench, bench.module({"conf.py": "", file: "x = 1\ndef ("}))

    assert (answer["ok"], answer["stage"]) == (False, "compile")
    assert answer["error"].startswith(f"{file}:2: SyntaxError")


def test_an_encoding_that_the_file_declares_is_honoured(bench: Workbench) -> None:
    module = bench.module({"conf.py": ""})
    Path(module.code, "old.py").write_bytes("# coding: cp1251\nx = 'ж'\n".encode("cp1251"))
    assert verdict(bench, module)["ok"]
    Path(module.code, "bad.py").write_bytes(b"x = '\xe6'\n")
    assert verdict(bench, module)["stage"] == "compile"


@pytest.mark.parametrize(
    "file",
    "__init__ models main conf installer module forms views urls admin rest workers".split(),
)
def test_every_file_of_the_contract_is_imported(bench: Workbench, file: str) -> None:
    answer = verdict(bench, bench.module({f"{file}.py": "raise OSError('not here')"}))

    assert (answer["ok"], answer["stage"]) == (False, "import")
    assert answer["error"] == "OSError: not here"
    assert f"{file}.py" in answer["traceback"]


@pytest.mark.parametrize(
    ("file", "code", "stage", "contract"),
    [
        (
            "installer",
            "from modules_app.sdk import PbxExtensionSetupBase\n"
            "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
            "    def __init__(self, *a): raise OSError('no room')\n",
            "installer",
            "mikopbx",
        ),
        (
            "conf",
            "from modules_app.sdk import ConfigClass\n"
            "class BrokenConf(ConfigClass):\n"
            "    def __init__(self, facts): raise OSError('no room')\n",
            "conf",
            "mikopbx",
        ),
        (
            "module",
            "from modules_app.sdk import FreePbxModule\n"
            "class Broken(FreePbxModule):\n"
            "    def __init__(self, *a): raise OSError('no room')\n",
            "installer",
            "freepbx",
        ),
    ],
)
def test_the_objects_of_the_contract_are_made(
    bench: Workbench, file: str, code: str, stage: str, contract: str
) -> None:
    answer = verdict(bench, bench.module({f"{file}.py": code}, contract=contract))

    assert (answer["ok"], answer["stage"]) == (False, stage)
    assert answer["error"] == "OSError: no room"


def test_a_method_that_is_none_is_found(bench: Workbench) -> None:
    code = (
        "from modules_app.sdk import PbxExtensionSetupBase\n"
        "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
        "    install_module = True\n"
    )
    answer = verdict(bench, bench.module({"installer.py": code}))

    assert answer["error"] == "install_module of PbxExtensionSetup is not a method."


def test_urls_that_lead_nowhere_are_found(bench: Workbench) -> None:
    answer = verdict(bench, bench.module({"urls.py": "urlpatterns = 7"}))

    assert (answer["ok"], answer["stage"]) == (False, "import")


def test_a_package_without_python_is_well_without_being_looked_at(bench: Workbench) -> None:
    module = bench.module({"broken.py": "def ("}, language="php")

    assert verdict(bench, module)["ok"]


def test_b15_there_is_no_network(bench: Workbench) -> None:
    body = "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=60)"
    result = child(bench, bench.module(broken.at_import(body)))

    if "network" in result.weak:
        pytest.skip("this kernel grants no network namespace")
    assert result.value is not None and "unreachable" in result.value["error"]


def test_b16_b19_nothing_can_be_left_in_store_or_data(bench: Workbench) -> None:
    for folder in ("store", "data"):
        path = bench.folder / folder / "flag"
        answer = verdict(bench, bench.module(broken.at_import(f"open({str(path)!r}, 'w')")))

        assert "PermissionError" in answer["error"]
        assert not path.exists()
