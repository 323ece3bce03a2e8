"""The examples of the FreePBX contract together: dependency, hook, replacement."""

from __future__ import annotations

from modules_app.exceptions import ModuleError
from modules_app.packages.pack import build_package
from modules_app.selectors.registry import RegistryReader
from tests.lifecycle import Life
from tests.meta.source import ROOT

EXAMPLES = ROOT / "examples"


def bring(life: Life, name: str, **options: bool) -> None:
    operation = life.install(build_package(EXAMPLES / name), **options)
    assert operation.outcome == "done", operation.error


def refused(life: Life, verb: str, name: str) -> str:
    """Return why something is refused, when it is asked for or when it is carried out."""
    try:
        if verb == "install":
            operation = life.install(build_package(EXAMPLES / name))
        else:
            operation = getattr(life, verb)(name)
    except ModuleError as error:
        return str(error)
    assert operation.outcome == "refused", operation
    return str(operation.error)


def page(life: Life, path: str = "/m/hellopbx/", language: str = "en") -> str:
    modules = [one.as_dict() for one in RegistryReader().read().modules]
    payload = {
        "modules": modules,
        "data_dir": str(life.data_dir.root),
        "requests": [{"path": path}],
        "rights": ["view", "operate"],
        "language": language,
    }
    result = life.tools.zygote.run("tests.host.driver:serve", payload, seconds=30)
    assert result.value is not None, result
    (answer,) = result.value["answers"]
    assert answer["status"] == 200, answer["text"]
    return str(answer["text"])


def test_greeter_greets_on_the_page_of_hello_pbx_while_it_is_enabled(life: Life) -> None:
    assert "hellopbx ge 1.1" in refused(life, "install", "greeter")
    bring(life, "hellopbx")
    bring(life, "greeter")
    assert "Hello PBX" in refused(life, "enable", "greeter")
    assert life.enable("hellopbx").outcome == "done"
    assert ", world!" not in page(life)
    assert life.enable("greeter").outcome == "done"
    assert ", world!" in page(life)
    assert "Здравствуй, АТС" in page(life, language="ru")
    assert "greeter" in refused(life, "disable", "hellopbx").lower()
    assert life.disable("greeter").outcome == "done"
    assert ", world!" not in page(life)


def test_oldpbx_and_the_module_that_replaces_it_are_not_enabled_together(life: Life) -> None:
    bring(life, "hellopbx")
    assert life.enable("hellopbx").outcome == "done"
    assert "oldpbx is not needed" in refused(life, "install", "oldpbx")
    bring(life, "oldpbx", force=True)
    why = refused(life, "enable", "oldpbx")
    assert "Old PBX" in why or "oldpbx" in why
    assert life.disable("hellopbx").outcome == "done"
    assert life.enable("oldpbx").outcome == "done"
    assert "Hello PBX replaces this module." in page(life, "/m/oldpbx/")
