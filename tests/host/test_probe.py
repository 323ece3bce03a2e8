"""The private host before the commit: loads, opens data, asks the module, draws its page."""

from __future__ import annotations

from contextlib import closing
from sqlite3 import connect
from typing import Any

import pytest

from modules_app.bridge.registry import RegistryModule
from tests import broken_modules as broken
from tests.workbench import Workbench

PROBE = "modules_app.host.probe:probe"
SELF_TEST = """
from modules_app.sdk import ConfigClass

class BrokenConf(ConfigClass):
    def self_test(self):
        return {answer}
"""
FREEPBX = """
from modules_app.sdk import FreePbxModule

class Modulebroken(FreePbxModule):
    def self_test(self):
        return {answer}
"""
COUNTS = """
from django.db import connections
from modules_app.sdk import current_module

with connections[current_module().label].cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS visits (at TEXT)")
    cursor.execute("INSERT INTO visits VALUES ('now')")
return HttpResponse("well")
"""


def verdict(bench: Workbench, module: RegistryModule, **more: Any) -> dict[str, Any]:
    """Return what the probe says of a module; its child must have answered."""
    result = bench.try_out(PROBE, module, **more)
    assert result.ok and result.value is not None, result
    return result.value


@pytest.mark.parametrize(
    ("name", "contract"), [("ModuleBlackList", "mikopbx"), ("hellopbx", "freepbx")]
)
def test_the_examples_load_but_their_page_needs_their_tables(
    bench: Workbench, name: str, contract: str
) -> None:
    answer = verdict(bench, bench.example(name, contract))

    assert (answer["ok"], answer["stage"]) == (False, "page")
    assert "no such table" in answer["error"]


def test_an_installed_module_is_well(bench: Workbench) -> None:
    module = bench.example("ModuleBlackList", "mikopbx")
    bench.run(module)

    answer = verdict(bench, module)

    assert answer["ok"], answer


@pytest.mark.parametrize("language", ["python", "php"])
def test_a_module_without_pages_shows_our_overview(bench: Workbench, language: str) -> None:
    assert verdict(bench, bench.module({"main.py": ""}, language=language))["ok"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('wrong on purpose')", "ValueError: wrong on purpose"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("return HttpResponse('no', status=500)", "answered 500"),
        ("return HttpResponse('no', status=404)", "answered 404"),
        ("from django.http import Http404\nraise Http404", "answered 404"),
        ("return None", "ValueError: The view"),
        ("return HttpResponse('x', headers={'A': 'b\\nc'})", "BadHeaderError"),
    ],
)
def test_b17_a_page_that_fails_is_told(bench: Workbench, body: str, said: str) -> None:
    answer = verdict(bench, bench.module(broken.in_page(body)))

    assert (answer["ok"], answer["stage"]) == (False, "page")
    assert said in answer["error"]


@pytest.mark.parametrize(
    "body",
    [
        "return HttpResponse('well')",
        "from django.shortcuts import redirect\nreturn redirect('/m/ModuleBroken/other/')",
        "assert request.user.is_superuser and request.user.username == 'system'\n"
        "return HttpResponse('well')",
        "from itertools import repeat\nfrom django.http import StreamingHttpResponse\n"
        "return StreamingHttpResponse(repeat(b'x' * 65536))",
    ],
)
def test_a_page_below_400_is_well(bench: Workbench, body: str) -> None:
    answer = verdict(bench, bench.module(broken.in_page(body)))

    assert answer["ok"], answer


def test_the_page_is_the_one_that_the_menu_leads_to(bench: Workbench) -> None:
    module = bench.module(broken.in_page("return HttpResponse('well')"))

    assert verdict(bench, module, page="/m/ModuleBroken/?tab=1#top")["ok"]
    gone = "/m/ModuleBroken/gone/"
    answer = verdict(bench, module, page=gone, hrefs=[gone, "/m/ModuleBroken/?tab=1"])
    assert answer["ok"] and answer["missing"] == [gone]


@pytest.mark.parametrize(("template", "contract"), [(SELF_TEST, "mikopbx"), (FREEPBX, "freepbx")])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("None", ""),
        ("True", ""),
        ("[]", ""),
        ("False", "Its self-test answered False and gave no reason."),
        ("'the disk is square'", "the disk is square"),
        ("['one', 'two']", "one two"),
        ("7", "7"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_the_self_test_of_the_module_counts(
    bench: Workbench, template: str, contract: str, answer: str, said: str
) -> None:
    file = "conf.py" if contract == "mikopbx" else "module.py"
    module = bench.module({file: template.format(answer=answer)}, contract=contract)

    found = verdict(bench, module)

    assert found["error"] == said
    assert found["stage"] == ("self-test" if said else "page")


def test_what_a_file_raises_is_told(bench: Workbench) -> None:
    answer = verdict(bench, bench.module(broken.at_import("raise OSError('not here')")))

    assert (answer["ok"], answer["stage"]) == (False, "import")
    assert answer["error"] == "OSError: not here"


def test_a_database_that_is_none_is_found(bench: Workbench) -> None:
    module = bench.module({"main.py": ""})
    with open(module.database, "wb") as file:  # noqa: PTH123 - one line
        file.write(b"SQLite format 3\0 and nothing more")

    answer = verdict(bench, module)

    assert (answer["ok"], answer["stage"]) == (False, "database")


def test_data_too_large_to_copy_is_only_read(bench: Workbench) -> None:
    """A write that is refused then counts for nothing, any other fault does."""
    module = bench.module(broken.in_page(COUNTS))

    assert verdict(bench, module, read_only=True)["ok"]
    with closing(connect(module.database)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    failing = bench.module(broken.in_page("raise ValueError('wrong')"))
    assert not verdict(bench, failing, read_only=True)["ok"]
