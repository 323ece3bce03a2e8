"""What modules in use add to Asterisk's files, read from rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from modules_app.bridge import ami
from modules_app.domain.dialplan_edits import Edit, EditKind
from modules_app.domain.states import Fault, Wanted
from modules_app.hooks.text import Piece
from modules_app.models import HookResult, Module
from telephony_app.generators.manager import MODULES_USER
from telephony_app.selectors import accounts
from telephony_app.selectors.answers import stored_answers
from tests.surfaces.rows import answering

pytestmark = pytest.mark.django_db
ROUTE, PEER = "generate_incoming_rout_before_dial", "override_pjsip_options"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.PBX_DATA_DIR = tmp_path


def module(name: str) -> None:
    answering(name)


def answer(name: str, hook: str, value: Any, priority: int = 10_000, **values: Any) -> None:
    HookResult.objects.create(
        module_id=name,
        id_fold=name.lower(),
        hook=hook,
        at=timezone.now(),
        answer=value,
        priority=priority,
        **{"answered_generation": "g1", **values},
    )


def test_text_comes_in_the_order_of_priorities_then_ids() -> None:
    for name, priority in (("ModuleB", 100), ("ModuleC", 50), ("ModuleA", 100)):
        module(name)
        answer(name, "extension_globals", f"{name}=1", priority)
    assert stored_answers().pieces("extension_globals") == [
        Piece("ModuleC", 50, "ModuleC=1"),
        Piece("ModuleA", 100, "ModuleA=1"),
        Piece("ModuleB", 100, "ModuleB=1"),
    ]


def test_keyed_answers_are_found_by_their_key() -> None:
    module("ModuleA")
    answer("ModuleA", ROUTE, {"100": "same => n,NoOp()"})
    answer("ModuleA", PEER, {"201/aor": {"max_contacts": "9"}})
    found = stored_answers()
    assert [one.text for one in found.pieces(ROUTE, "100")] == ["same => n,NoOp()"]
    assert found.pieces(ROUTE, "200") == () and found.pieces(ROUTE) == ()
    assert found.overrides(PEER, "201/aor") == [("ModuleA", {"max_contacts": "9"})]
    assert found.overrides(PEER, "202/aor") == ()


@pytest.mark.parametrize(
    "why", [{"wanted": Wanted.OFF}, {"fault": Fault.PAUSED}, {"generation": "g2"}], ids=str
)
def test_what_is_not_in_use_adds_nothing(why: dict[str, Any]) -> None:
    module("ModuleA")
    answer("ModuleA", "extension_globals", "A=1")
    Module.objects.update(**why)
    assert stored_answers().pieces("extension_globals") == ()


def test_who_is_left_out_adds_nothing() -> None:
    module("ModuleA")
    answer("ModuleA", "extension_globals", "A=1")
    assert stored_answers(["ModuleA"]).pieces("extension_globals") == ()


def test_generators_stand_by_their_own_priorities_and_edits_too() -> None:
    edit = Edit(EditKind.INCLUDE, "internal", value="x").as_dict()
    for name, low, high in (("one", 600, 500), ("two", 100, 300)):
        module(name)
        pieces = [{"method": "get_config", "priority": low, "text": f"[{name}]"}]
        edits = [{"method": "do_dialplan_hook", "priority": high, "edit": edit}]
        answer(name, "get_config", {"pieces": pieces, "edits": edits})
    found = stored_answers()
    assert [(one.owner, one.priority) for one in found.pieces("get_config")] == [
        ("two", 100),
        ("one", 600),
    ]
    assert [(one.owner, one.priority) for one in found.edits()] == [("two", 300), ("one", 500)]


def test_files_are_taken_only_under_the_name_of_their_module() -> None:
    module("hello")
    answer("hello", "gen_config", {"hello.conf": "a", "pjsip.conf": "b", "hello_more.conf": "c"})
    assert [one.name for one in stored_answers().files()] == ["hello.conf", "hello_more.conf"]


def test_many_modules_cost_no_more_queries_than_one() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            stored_answers()
        return len(captured)

    module("ModuleA")
    answer("ModuleA", "extension_globals", "A=1")
    first = queries()
    for number in range(20):
        module(f"Module{number}")
        answer(f"Module{number}", ROUTE, {"100": "same => n,NoOp()"})
        answer(f"Module{number}", "extension_globals", "A=1")
    assert queries() == first


def test_both_applications_mean_the_same_account() -> None:
    assert (accounts.FILE, accounts.OF_MODULES, accounts.HOST) == (
        ami.ACCOUNTS_FILE,
        ami.MODULES_ACCOUNT,
        ami.HOST,
    )
    assert MODULES_USER == ami.MODULES_ACCOUNT


def test_the_workers_process_reads_the_account_that_manager_conf_gets(tmp_path: Path) -> None:
    assert ami.modules_access(tmp_path, 5038) is None
    _own, of_modules = accounts.own_accounts()
    access = ami.modules_access(tmp_path, 5039)
    assert access is not None
    assert (access.username, access.secret, access.port) == ("pbxmodules", of_modules.secret, 5039)
    assert of_modules.secret not in repr(access)
