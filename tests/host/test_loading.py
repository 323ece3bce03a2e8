"""How module code gets into a process: the finder, the databases, the layers."""

from __future__ import annotations

import ast
import compileall
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from modules_app.bridge.registry import Registry, RegistryModule, read_registry
from modules_app.host.user import StatementUser
from tests import broken_modules as broken
from tests.workbench import EXAMPLES, ROOT, Workbench

PAGE = "/m/ModuleBroken/"


def page_that_says(expression: str) -> dict[str, str]:
    """Return a module whose page shows the value of a Python expression."""
    return broken.in_page(f"import json, sys\nreturn HttpResponse(json.dumps({expression}))")


def said(bench: Workbench, files: dict[str, str], *others: RegistryModule) -> str:
    module = bench.module(files)
    return str(bench.ask([module, *others], {"path": PAGE})[0]["text"])


def test_module_code_is_not_on_the_path(bench: Workbench) -> None:
    files = page_that_says("[p for p in sys.path if 'store' in p]")
    assert said(bench, files) == "[]"


def test_a_module_imports_its_own_files_and_folders(bench: Workbench) -> None:
    files = broken.in_page("return HttpResponse(one() + two())")
    files["urls.py"] = "from .main import one\nfrom .lib.deep import two\n" + files["urls.py"]
    files["main.py"] = "def one(): return __name__ + ' '"
    files["lib/deep.py"] = "def two(): return __name__"
    assert said(bench, files) == "pbx_modules.ModuleBroken.main pbx_modules.ModuleBroken.lib.deep"


def test_a_hyphen_in_the_id_is_an_underscore_in_the_import_name(bench: Workbench) -> None:
    files = broken.in_page("return HttpResponse(__name__)")
    module = bench.module(files, "asterisk-cli")
    (answer,) = bench.ask([module], {"path": "/m/asterisk-cli/"})
    assert answer["text"] == "pbx_modules.asterisk_cli.urls"


def test_byte_code_of_a_package_is_never_run(bench: Workbench) -> None:
    module = bench.module({**page_that_says("main.VALUE"), "main.py": "VALUE = 'old'"})
    urls = Path(module.code) / "urls.py"
    urls.write_text("from . import main\n" + urls.read_text())
    main = Path(module.code) / "main.py"
    compileall.compile_file(main, quiet=1)
    stale = main.stat()
    main.write_text("VALUE = 'new'")
    os.utime(main, (stale.st_atime, stale.st_mtime))
    assert bench.ask([module], {"path": PAGE})[0]["text"] == '"new"'


def test_loading_writes_no_byte_code(bench: Workbench) -> None:
    module = bench.module(page_that_says("1"))
    bench.ask([module], {"path": PAGE})
    assert list(Path(module.code).rglob("*.pyc")) == []


def test_only_source_is_imported(bench: Workbench) -> None:
    module = bench.module(broken.in_page("from . import only\nreturn HttpResponse('ran')"))
    source = Path(module.code) / "only.py"
    source.write_text("")
    compileall.compile_file(source, quiet=1, legacy=True)
    source.unlink()
    assert (Path(module.code) / "only.pyc").exists()
    assert bench.ask([module], {"path": PAGE})[0]["status"] == 500


def test_services_of_the_core_are_not_in_the_process(bench: Workbench) -> None:
    files = page_that_says("[m for m in sys.modules if m.startswith('modules_app.services')]")
    assert said(bench, files) == "[]"


def test_each_module_has_its_own_database_and_reads_the_core_only(
    bench: Workbench, core_file: Path
) -> None:
    files = broken.in_page("""
from django.db import router
from modules_app.models import Module, PbxSetting
from .models import Thing
Thing.objects.create()
setting = PbxSetting.objects.get(key="SIPPort").value
try:
    PbxSetting.objects.update(value="1")
except Exception as error:
    refused = str(error)
aliases = router.db_for_write(Thing), router.db_for_read(Module)
return HttpResponse(" ".join((*aliases, setting, refused)))
""")
    files["models.py"] = "from modules_app.sdk import ModuleModel\nclass Thing(ModuleModel): pass\n"
    module = bench.module(files)
    bench.run(module)
    text = bench.ask([module], {"path": PAGE})[0]["text"]
    assert text == "m_ModuleBroken core 5060 attempt to write a readonly database"
    assert bench.rows(module, "SELECT count(*) FROM m_Thing") == [(1,)]


def test_a_death_during_import_can_be_blamed_and_a_module_left_out(bench: Workbench) -> None:
    modules = [bench.module({"main.py": ""}, name) for name in ("ModuleOne", "ModuleTwo")]
    payload = {
        "modules": [module.as_dict() for module in modules],
        "left_out": {"ModuleTwo": "It ended the process twice."},
    }
    told = bench.zygote.run("tests.host.driver:load_and_tell", payload, seconds=20).value
    assert told == {
        "entered": ["ModuleOne", ""],
        "loaded": ["ModuleOne"],
        "failed": {"ModuleTwo": "It ended the process twice."},
    }


def test_cookies_of_a_module_stay_below_its_address(bench: Workbench) -> None:
    files = broken.in_page("""
response = HttpResponse(module_cookie(request, "view", "none"))
set_module_cookie(response, "view", "list")
return response
""")
    head = "from modules_app.sdk import module_cookie, set_module_cookie\n"
    files["urls.py"] = head + files["urls.py"]
    first, second = bench.ask([bench.module(files)], {"path": PAGE}, {"path": PAGE})
    assert first["cookies"] == {"m_ModuleBroken_view": ["list", PAGE]}
    assert (first["text"], second["text"]) == ("none", "list")


@pytest.mark.parametrize(
    ("right", "wanted", "answer"),
    [
        ("operate", "modules_app.operate_module", True),
        ("operate", "modules_app.remove_module", False),
        ("operate", "m_ModuleX.change_thing", True),
        ("view", "m_ModuleX.change_thing", False),
        ("operate", "auth.change_user", False),
    ],
)
def test_rights_come_from_the_statement(right: str, wanted: str, answer: bool) -> None:
    user = StatementUser({"user_id": 1, "username": "ann", "permissions": [right]})
    assert user.has_perm(wanted) is answer
    assert user.is_staff is (right == "operate")


def test_a_registry_survives_its_file(tmp_path: Path) -> None:
    module = RegistryModule(
        "a-b", "m_a_b", "g", "e", "freepbx", "php", "1", "/c", "/d", {"ru": "Имя"}, ["t"], "f00"
    )
    registry = Registry(3, (module,), "ru", "2026.3.1")
    (tmp_path / "r.json").write_text(json.dumps(registry.as_dict()))
    assert read_registry(tmp_path / "r.json") == registry
    assert module.import_name == "pbx_modules.a_b"
    assert (module.title("ru"), module.title("en")) == ("Имя", "a-b")


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module))
    return found


@pytest.mark.parametrize("file", sorted((ROOT / "modules_app" / "sdk").glob("*.py")), ids=str)
def test_the_sdk_stands_on_low_layers_only(file: Path) -> None:
    allowed = ("exceptions", "domain", "hooks", "tables", "sdk", "ami")
    ours = {name for name in _imports(file) if name.startswith("modules_app")}
    assert {name.split(".")[1] for name in ours} <= set(allowed)


@pytest.mark.parametrize("file", sorted(EXAMPLES.rglob("*.py")), ids=str)
def test_examples_import_the_sdk_and_django_only(file: Path) -> None:
    beside = {entry.stem for entry in file.parent.iterdir()}
    known = {"django", *sys.stdlib_module_names, *beside}
    foreign = {name for name in _imports(file) if name.split(".")[0] not in known}
    assert {name for name in foreign if not name.startswith("modules_app.sdk")} == set()


@pytest.mark.parametrize("what", ["data", "garbage", "files"])
def test_a_module_whose_data_or_files_are_gone_is_said_to_be_broken(
    bench: Workbench, what: str
) -> None:
    module = bench.module(page_that_says("1"))
    if what == "files":
        shutil.rmtree(module.code)
    elif what == "garbage":
        Path(module.database).write_text("garbage")
    else:
        Path(module.database).unlink()
    (health,) = bench.ask([module], {"path": "/_host/health"})
    said = json.loads(health["text"])["modules"][module.id]
    assert said["ok"] is False
    assert said["error"].startswith("Its files" if what == "files" else "Its database")
    assert Path(module.database).exists() is (what != "data")
