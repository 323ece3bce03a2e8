"""The pages of workers and events: what runs, what it said, what was given up, a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.bridge.workers import (
    LOCK_FILE,
    MAILBOX,
    WorkersStatus,
    WorkerStatus,
    write_status,
)
from modules_app.domain.operations import Outcome
from modules_app.models import AuditEvent, EventCursor, LostEvent, OutboxEvent
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.permissions import Right
from modules_app.processes.locks import FileLock
from modules_app.processes.mailbox import Mailbox
from modules_app.services import second_tries
from tests.pages import Browser, age_proof, module, operation, person

ID, MARK = "ModuleWork", "<script>mark()</script>{{ 7|add:7 }}"
RESTART = f"/modules/{ID}/workers/restart/"


@pytest.fixture
def run_dir(tmp_path: Path, settings: Settings) -> Path:
    """A data folder with one module, one worker, its log and a dead letter."""
    settings.PBX_DATA_DIR = tmp_path
    data_dir = DataDir(tmp_path)
    data_dir.prepare(FsOps())
    row = module(ID, wanted="on", epoch="e1")
    folder = data_dir.epoch(ID, row.epoch)
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "module.db")) as connection, connection:
        connection.execute(
            "CREATE TABLE pbx_queue (id INTEGER PRIMARY KEY, queue, data, tries, dead, error,"
            " due, claimed_by)"
        )
        values = [("jobs", f'"{MARK}"', 5, 1, MARK), ("jobs", '"fine"', 0, 0, "")]
        connection.executemany(
            "INSERT INTO pbx_queue (queue, data, tries, dead, error) VALUES (?, ?, ?, ?, ?)", values
        )
    (data_dir.log / ID).mkdir()
    (data_dir.log / ID / "worker-Beat.log").write_text(f"round 1\n{MARK}\n")
    return data_dir.run


def tell(run_dir: Path, supervisor: int) -> None:
    ended = {"message": "{error}", "context": {"error": MARK}}
    at = "2026-01-01T00:00:00+00:00"
    worker = WorkerStatus(
        ID, "Beat", 1, "check_worker_heartbeat", "g1", "running", 4711, at, 3, 2, ended, at
    )
    wrong = {"module_id": ID, "worker": MARK, "slug": "x", "message": "“{worker}” is unknown."}
    status = WorkersStatus((worker,), ({**wrong, "context": {"worker": MARK}},), False, supervisor)
    write_status(run_dir, status, FsOps())


@pytest.fixture
def supervised(run_dir: Path) -> Iterator[Mailbox]:
    """A stand-in for the supervisor: its lock, its status, its mailbox."""
    with FileLock(run_dir / LOCK_FILE) as lock:
        assert lock.try_lock()
        tell(run_dir, 1)
        box = Mailbox(run_dir / MAILBOX)
        yield box
        box.close()


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    html = response.content.decode()
    assert "<script>mark" not in html and "14" not in html.partition("7|add:7")[0][-20:]
    return html


def test_the_module_page_shows_its_workers_and_what_is_wrong(
    admin_page: Client, supervised: Mailbox
) -> None:
    html = page(admin_page, f"/modules/{ID}/")
    for text in ("Beat", "Running", "2026-01-01 00:00:00", "2 crashes", "is unknown.", RESTART):
        assert text in html
    assert "1 waiting, 1 given up" in html and "given up after 5 tries" in html
    assert "does not run" not in html


def test_without_a_supervisor_nothing_is_said_to_run(admin_page: Client, run_dir: Path) -> None:
    tell(run_dir, 1)
    html = page(admin_page, f"/modules/{ID}/")
    assert "The process that keeps workers running does not run." in html
    assert "Not in use" in html and RESTART not in html


def test_a_module_without_workers_has_no_such_part(admin_page: Client, supervised: Mailbox) -> None:
    module("ModuleQuiet", wanted="on")
    assert "workers-title" not in page(admin_page, "/modules/ModuleQuiet/")


def test_the_log_is_shown_and_a_worker_that_is_not_there_is_not_found(
    admin_page: Client, supervised: Mailbox
) -> None:
    assert "round 1" in page(admin_page, f"/modules/{ID}/workers/Beat/1/")
    for path in (f"/modules/{ID}/workers/Beat/2/", f"/modules/{ID}/workers/..%2F..%2Fx/1/"):
        assert admin_page.get(path).status_code == 404


def test_a_restart_is_asked_for_and_recorded(admin_page: Client, supervised: Mailbox) -> None:
    response = admin_page.post(RESTART, {"worker": "Beat"})
    assert response["Location"] == f"/modules/{ID}/"
    assert supervised.wait(1) == [{"what": "restart", "module": ID, "name": "Beat"}]
    event = AuditEvent.objects.get(action="worker-restart")
    assert (event.target, event.detail["worker"]) == (ID, "Beat")
    assert admin_page.post(RESTART, {"worker": "Other"}).status_code == 404


def test_a_restart_asks_for_the_password_again(admin_page: Client, supervised: Mailbox) -> None:
    age_proof(admin_page)
    assert admin_page.post(RESTART, {"worker": "Beat"})["Location"].startswith("/confirm/")
    assert supervised.wait(0) == []


def test_a_restart_needs_the_right_and_a_supervisor(admin_page: Client, run_dir: Path) -> None:
    tell(run_dir, 1)
    assert admin_page.post(RESTART, {"worker": "Beat"}).status_code == 422
    onlooker = Browser()
    onlooker.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    assert onlooker.post(RESTART, {"worker": "Beat"}).status_code == 403
    assert onlooker.get(f"/modules/{ID}/workers/Beat/1/").status_code == 403


def test_a_dead_letter_goes_back_into_its_queue_and_its_worker_is_woken(
    admin_page: Client, supervised: Mailbox
) -> None:
    assert f"/modules/{ID}/jobs/1/retry/" in page(admin_page, f"/modules/{ID}/")
    assert admin_page.post(f"/modules/{ID}/jobs/1/retry/")["Location"] == f"/modules/{ID}/"
    assert supervised.wait(1) == [{"what": "job", "module": ID, "queue": "jobs"}]
    html = page(admin_page, f"/modules/{ID}/")
    assert "2 waiting, 0 given up" in html and "/jobs/1/retry/" not in html
    event = AuditEvent.objects.get(action="job-retry")
    assert (event.target, event.detail) == (ID, {"queue": "jobs", "job": 1})
    for number in (1, 2, 99):
        assert admin_page.post(f"/modules/{ID}/jobs/{number}/retry/").status_code == 404


def test_a_dead_letter_stays_one_while_the_data_may_move_or_a_trigger_runs_for_ever(
    admin_page: Client, run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_tries, "DATABASE_SECONDS", 0.2)
    open_one = operation(ID, outcome=Outcome.RUNNING)
    assert admin_page.post(f"/modules/{ID}/jobs/1/retry/").status_code == 409
    open_one.delete()
    database = run_dir.parent / "data" / ID / "e1" / "module.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER endless AFTER UPDATE ON pbx_queue BEGIN DELETE FROM pbx_queue"
            " WHERE id = (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT MAX(i) FROM n); END"
        )
    response = admin_page.post(f"/modules/{ID}/jobs/1/retry/")
    assert response.status_code == 422 and "interrupted" in response.content.decode()
    assert "1 waiting, 1 given up" in page(admin_page, f"/modules/{ID}/")


def test_second_tries_need_the_right_and_the_password(
    admin_page: Client, supervised: Mailbox
) -> None:
    onlooker = Browser()
    onlooker.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    for path in (f"/modules/{ID}/jobs/1/retry/", "/events/lost/1/retry/"):
        assert onlooker.post(path).status_code == 403
    age_proof(admin_page)
    for path in (f"/modules/{ID}/jobs/1/retry/", "/events/lost/1/retry/"):
        assert admin_page.post(path)["Location"].startswith("/confirm/")


def test_events_show_who_is_behind_and_what_was_given_up(admin_page: Client, run_dir: Path) -> None:
    assert "No module listens" in page(admin_page, "/events/")
    OutboxEvent.objects.create(model="PbxSettings", record_id=MARK, action="afterSave")
    common: dict[str, Any] = {"module_id": ID, "id_fold": ID.casefold(), "hook": MARK[:60]}
    EventCursor.objects.create(**common, tries=3, error=MARK, error_at=timezone.now())
    LostEvent.objects.create(**common, payload={"recordId": MARK}, tries=8, error=MARK)
    html = page(admin_page, "/events/")
    for text in ("3 failed tries", "Given up", "Not in use", "Events are not delivered now"):
        assert text in html
    assert "Show all" in page(admin_page, f"/events/?module={ID}")
