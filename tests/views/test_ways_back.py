"""Rollback, repair and verification from the pages, and what recovery is said to have done."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.domain.operations import Outcome, Stage
from modules_app.domain.states import Verb
from modules_app.models import Module, Operation
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.processes.locks import FileLock
from modules_app.services.hook_results import record_hook_result
from tests.builders import php_module
from tests.lifecycle import Life
from tests.pages import module, operation

ADDRESS = "/modules/ModuleTest/"


@pytest.fixture
def upgraded(life: Life) -> Life:
    """ModuleTest went from 1.0.0 to 1.1.0, and two rows came since."""
    life.install(php_module("1.0.0"))
    life.install(php_module("1.1.0"))
    with closing(sqlite3.connect(life.database("ModuleTest"))) as connection, connection:
        connection.executemany("INSERT INTO m_Numbers (number) VALUES (?)", [("1",), ("2",)])
    return life


def damage(life: Life) -> None:
    [messages] = (life.data_dir.store / "ModuleTest").glob("*/code/Messages/en.php")
    messages.chmod(0o644)
    messages.write_text("<?php // changed by somebody")


def html_of(client: Client, address: str = ADDRESS) -> str:
    return str(client.get(address).content.decode())


def test_a_rollback_says_what_is_lost_before_it_asks(upgraded: Life, admin_page: Client) -> None:
    html = html_of(admin_page, f"{ADDRESS}rollback/")
    assert "Return Test module to 1.0.0?" in html
    assert "from 1.1.0 to 1.0.0" in html
    assert "Table m_Numbers: 2 rows that are new or changed since then" in html
    assert html.count("autofocus") == 1 and "data-close autofocus" in html
    assert not Operation.objects.filter(verb=Verb.ROLLBACK).exists()
    admin_page.post(f"{ADDRESS}rollback/")
    life_operation = Operation.objects.get(verb=Verb.ROLLBACK)
    upgraded.run(life_operation)
    assert Module.objects.get().version == "1.0.0"
    assert "Left behind" in html_of(admin_page)


def test_the_page_of_the_module_fetches_what_a_return_does(
    upgraded: Life, admin_page: Client
) -> None:
    assert f'hx-get="{ADDRESS}rollback/?part=plan"' in html_of(admin_page)
    part = admin_page.get(
        f"{ADDRESS}rollback/?part=plan", headers={"HX-Request": "true"}
    ).content.decode()
    assert "Table m_Numbers: 2 rows" in part
    assert "<form" not in part and "<html" not in part


def test_without_a_version_before_the_page_says_so(life: Life, admin_page: Client) -> None:
    life.install(php_module("1.0.0"))
    response = admin_page.get(f"{ADDRESS}rollback/")
    assert response.status_code == 422
    assert "There is no version of “ModuleTest” to go back to." in response.content.decode()
    assert "No other version is kept." in html_of(admin_page)


def test_damage_is_found_shown_and_repaired(life: Life, admin_page: Client) -> None:
    life.install(php_module("1.0.0"))
    html = admin_page.post(f"{ADDRESS}verify/", follow=True).content.decode()
    assert "Files and data are as they were installed." in html and "As installed" in html
    damage(life)
    html = admin_page.post(f"{ADDRESS}verify/", follow=True).content.decode()
    assert "Damage was found" in html and "Messages/en.php" in html
    assert "Noticed by" in html
    assert "Unpack the kept package" in html_of(admin_page, f"{ADDRESS}repair/")
    admin_page.post(f"{ADDRESS}repair/")
    life.run(Operation.objects.get(verb=Verb.REPAIR))
    html = admin_page.post(f"{ADDRESS}verify/", follow=True).content.decode()
    assert "As installed" in html and "Noticed by" not in html


def test_a_sound_module_is_not_offered_a_repair(life: Life, admin_page: Client) -> None:
    life.install(php_module("1.0.0"))
    assert "/repair/" not in html_of(admin_page)
    assert "Not possible right now" in html_of(admin_page, f"{ADDRESS}repair/")
    assert admin_page.post(f"{ADDRESS}repair/").status_code == 422


def test_what_was_not_granted_while_the_code_was_tried_is_told(admin_page: Client) -> None:
    tried = {"at": timezone.now().isoformat(), "generation": "g1", "weak": ["network"]}
    module(checks={"preflight": tried})
    module("ModuleOther", checks={"preflight": {**tried, "generation": "g0"}})
    html = html_of(admin_page, "/modules/ModuleBlackList/")
    assert "The network could not be taken away from it while it was tried." in html
    assert "Not tried yet." in html_of(admin_page, "/modules/ModuleOther/")


def test_hooks_are_listed_with_their_last_failure_folded(admin_page: Client) -> None:
    module(facts={})
    assert "How the hooks of this module ran last" not in html_of(
        admin_page, "/modules/ModuleBlackList/"
    )
    for module_id in ("ModuleBlackList", "ModuleOther"):
        record_hook_result(
            module_id=module_id,
            hook=f"hook_of_{module_id}",
            ok=False,
            seconds=1.25,
            error="ValueError: <b>no</b>",
            traceback="Traceback (most recent call last): …",
        )
    html = html_of(admin_page, "/modules/ModuleBlackList/")
    assert "hook_of_ModuleBlackList" in html and "hook_of_ModuleOther" not in html
    assert "ValueError: &lt;b&gt;no&lt;/b&gt;" in html and "Traceback (most recent" in html
    assert "1.25" in html


@pytest.fixture
def lock(settings: Settings, tmp_path: object) -> FileLock:
    """The lock of the operator in an installation of its own."""
    settings.PBX_DATA_DIR = tmp_path
    data_dir = DataDir(tmp_path)  # type: ignore[arg-type]
    data_dir.prepare(FsOps())
    return FileLock(data_dir.run / "operator.lock")


def quiet(outcome: Outcome, *, begun: bool = True) -> str:
    at = timezone.now() - timedelta(minutes=1)
    made = operation(outcome=outcome, quiet_for=60, started_at=at if begun else None)
    return f"/operations/{made.pk}/"


def test_without_its_process_an_operation_says_who_goes_on(
    admin_page: Client, lock: FileLock
) -> None:
    html = html_of(admin_page, quiet(Outcome.RUNNING))
    assert "No news since" in html and "The process that ran it has ended. The next" in html


def test_a_process_that_came_later_is_not_the_owner(admin_page: Client, lock: FileLock) -> None:
    address = quiet(Outcome.RUNNING)
    assert lock.try_lock()
    assert "Another one is putting things in order." in html_of(admin_page, address)


def test_a_process_that_was_there_before_may_still_be_at_work(
    admin_page: Client, lock: FileLock
) -> None:
    assert lock.try_lock()
    before = (timezone.now() - timedelta(minutes=5)).timestamp()
    os.utime(lock._path, (before, before))
    assert "It may still be at work" in html_of(admin_page, quiet(Outcome.RUNNING))


def test_a_waiting_operation_says_that_nobody_is_there_to_begin(
    admin_page: Client, lock: FileLock
) -> None:
    html = html_of(admin_page, quiet(Outcome.QUEUED, begun=False))
    assert "No operator process runs" in html


def test_after_recovery_the_page_says_what_it_did(admin_page: Client) -> None:
    at = timezone.now()
    aborted = operation("ModuleOne", outcome=Outcome.ABORTED, attempts=1, ended_at=at)
    forward = operation("ModuleTwo", attempts=1, committed=True, ended_at=at)
    said = html_of(admin_page, f"/operations/{aborted.pk}/")
    assert "everything was put back as it was before" in said
    said = html_of(admin_page, f"/operations/{forward.pk}/")
    assert "It was interrupted after the switch-over; at the next start it was led" in said


def test_what_failed_after_the_switch_over_was_put_back(admin_page: Client) -> None:
    failed = operation(verb=Verb.UPGRADE, outcome=Outcome.FAILED, error=None)
    failed.error = {"slug": "x", "message": "no", "context": {}, "hint": ""}
    failed.save()
    address = f"/operations/{failed.pk}/"
    assert "Nothing has changed" in html_of(admin_page, address)
    failed.steps.filter(stage=Stage.COMMIT).update(outcome=Outcome.DONE)
    assert "The module was put back to what it was before." in html_of(admin_page, address)
