"""Several modules at once over REST: the plan, the start, what came of it, the end of it."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain.operations import Outcome
from modules_app.models import AuditEvent, Batch, Module, Operation
from modules_app.permissions import Right
from tests.api.conftest import MakeProgram
from tests.api.test_core import as_page, browser
from tests.builders import mikopbx, zip_of
from tests.lifecycle import Life
from tests.pages import age_proof, module

HELLO = "<module><rawname>hello</rawname><name>Hello</name><version>1.0</version></module>"
NEEDS = HELLO.replace("hello", "needs").replace(
    "</module>", "<depends><module>hello ge 1.0</module></depends></module>"
)


def wish(verb: str, *modules: str, **more: Any) -> dict[str, Any]:
    return {"verb": verb, "modules": list(modules), **more}


@pytest.fixture
def two(life: Life) -> Life:
    for name in ("ModuleA", "ModuleB"):
        life.install(mikopbx(name))
    return life


def test_several_modules_are_planned_started_and_followed(two: Life, program: MakeProgram) -> None:
    ask = program("operate", "view")
    asked = wish("enable", "ModuleA", "ModuleB")
    plan = ask("POST", "batches/plan", asked).json()
    assert plan["possible"] is True
    assert [one["id"] for one in plan["steps"]] == ["ModuleA", "ModuleB"]
    assert "ModuleA" in plan["plan"][0]
    assert not Batch.objects.exists()

    answer = ask("POST", "batches", asked, **{"Idempotency-Key": "one"})
    assert answer.status_code == 202, answer.content
    found = answer.json()
    assert (found["outcome"], found["mode"], found["channel"]) == ("running", "stop", "api")
    assert answer.headers["Location"] == found["url"]
    assert ask("POST", "batches", asked, **{"Idempotency-Key": "one"}).json() == found

    two.run_batch(Batch.objects.get())
    ended = ask("GET", found["url"]).json()
    assert (ended["outcome"], ended["counts"], ended["open"]) == ("done", {"done": 2}, False)
    assert [one["module"] for one in ended["operations"]] == ["ModuleA", "ModuleB"]
    assert ask("GET", "batches").json() == {"batches": [ended]}
    assert set(Module.objects.values_list("wanted", flat=True)) == {"on"}


def test_what_waits_is_cancelled_once(two: Life, program: MakeProgram) -> None:
    ask = program("operate", "view")
    found = ask("POST", "batches", wish("enable", "ModuleA", "ModuleB")).json()
    answer = ask("POST", f"batches/{found['batch']}/cancel")
    assert answer.status_code == 202
    assert set(Operation.objects.filter(batch__isnull=False).values_list("outcome", flat=True)) == {
        Outcome.CANCELLED
    }
    again = ask("POST", f"batches/{found['batch']}/cancel")
    assert (again.status_code, again.json()["error"]["slug"]) == (422, "batch-not-cancellable")


def test_packages_are_installed_in_the_order_of_what_they_need(
    life: Life, program: MakeProgram
) -> None:
    ask = program("install", "view")
    packages = [
        ask("POST", "packages", zip_of({f"{name}/module.xml": xml}), content_type="application/zip")
        for name, xml in (("needs", NEEDS), ("hello", HELLO))
    ]
    asked = wish("install", packages=[one.json()["package"] for one in packages])
    answer = ask("POST", "batches", asked, **{"Idempotency-Key": "x"})
    assert answer.status_code == 202, answer.content
    assert [one["module"] for one in answer.json()["operations"]] == ["hello", "needs"]
    life.run_batch(Batch.objects.get())
    again = ask("POST", "batches", asked, **{"Idempotency-Key": "x"})
    assert (again.status_code, again.json()["outcome"]) == (202, "done")
    assert ask("POST", "batches", asked).status_code == 404


def test_a_plan_that_cannot_be_is_refused_with_what_stands_against_it(
    life: Life, program: MakeProgram
) -> None:
    for name, xml in (("hello", HELLO), ("needs", NEEDS)):
        life.install(zip_of({f"{name}/module.xml": xml, f"{name}/module.py": ""}))
    ask = program("operate")
    life.run_batch(
        Batch.objects.get(
            pk=ask("POST", "batches", wish("enable", "needs", "hello")).json()["batch"]
        )
    )
    asked = wish("disable", "hello")
    plan = ask("POST", "batches/plan", asked).json()
    assert plan["possible"] is False
    assert [one["id"] for one in plan["dependents"]] == ["needs"]
    refused = ask("POST", "batches", asked)
    assert refused.status_code == 422
    assert refused.json()["error"]["slug"] == "dependents-enabled"
    assert refused.json()["plan"]["dependents"] == plan["dependents"]
    cascade = ask("POST", "batches", {**asked, "cascade": True}).json()
    assert cascade["mode"] == "together"
    assert [one["module"] for one in cascade["operations"]] == ["needs", "hello"]


@pytest.mark.parametrize(
    ("verb", "scopes"),
    [
        ("enable", ("view", "install", "remove")),
        ("upgrade", ("view", "operate", "remove")),
        ("remove", ("view", "operate", "install")),
    ],
)
def test_each_verb_needs_its_scope(
    two: Life, program: MakeProgram, verb: str, scopes: tuple[str, ...]
) -> None:
    ask = program(*scopes)
    for path in ("batches", "batches/plan"):
        answer = ask("POST", path, wish(verb, "ModuleA"))
        assert (answer.status_code, answer.json()["error"]["slug"]) == (403, "scope-missing")
    assert not Batch.objects.exists()
    assert AuditEvent.objects.filter(action="api-post-batches").exists()


def test_looking_needs_the_scope_view(two: Life, program: MakeProgram) -> None:
    ask = program("operate")
    number = ask("POST", "batches", wish("enable", "ModuleA")).json()["batch"]
    assert ask("GET", "batches").status_code == 403
    assert ask("GET", f"batches/{number}").status_code == 403
    assert program("view", name="other")("POST", f"batches/{number}/cancel").status_code == 403
    assert ask("POST", "batches/99/cancel").status_code == 404


def test_a_session_removes_only_with_a_fresh_password(db: None) -> None:
    module("ModuleX")
    client = browser(Right.VIEW, Right.REMOVE, Right.OPERATE)
    age_proof(client)
    refused = as_page(client, "POST", "batches", wish("remove", "ModuleX"))
    assert (refused.status_code, refused.json()["error"]["slug"]) == (403, "password-needed")
    assert as_page(client, "POST", "batches/plan", wish("remove", "ModuleX")).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"verb": "rollback", "modules": ["ModuleA"]},
        {"verb": "enable", "modules": "ModuleA"},
        {"verb": "install", "packages": ["no"]},
        {"verb": "enable", "modules": ["ModuleA"], "mode": "never"},
        {"verb": "enable", "modules": ["ModuleA"], "more": 1},
    ],
)
def test_what_is_no_wish_is_refused(db: None, program: MakeProgram, sent: dict[str, Any]) -> None:
    answer = program("operate", "install")("POST", "batches", sent)
    assert (answer.status_code, answer.json()["error"]["slug"]) == (422, "request-invalid")
