"""Asking for several modules at once: rights, states, needs, second presses, two people."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import Busy, ModuleError, NotAllowed, NotFound, Refused
from modules_app.models import AuditEvent, Batch, Module, Operation, Upload
from modules_app.permissions import Actor, Right
from modules_app.services import lifecycle
from modules_app.services.batch_plans import upgradable_ids
from modules_app.services.batches import PlanRefused, cancel_batch, plan_batch, start_batch
from tests.builders import freepbx, freepbx_python, php_module, python_module
from tests.lifecycle import ACTOR, Life

IDS = ["ModuleA", "ModuleB"]


def begin(verb: Verb, **asked: Any) -> Batch:
    return start_batch(actor=ACTOR, verb=verb, **asked)


@pytest.fixture
def two(life: Life) -> Life:
    for module_id in IDS:
        assert life.install(python_module(module_id)).outcome == Outcome.DONE
    return life


@pytest.fixture
def needy(life: Life) -> Life:
    """Beta needs alpha; both are enabled."""
    life.install(freepbx("alpha"), enable=True)
    life.install(freepbx("beta", needs=("alpha",)), enable=True)
    assert set(Module.objects.values_list("wanted", flat=True)) == {"on"}
    return life


def test_a_second_press_gets_the_batch_of_the_first_also_when_it_has_ended(two: Life) -> None:
    first = begin(Verb.ENABLE, ids=IDS, request_key="k1")
    assert begin(Verb.ENABLE, ids=IDS, request_key="k1").pk == first.pk
    two.run_batch(first)
    assert begin(Verb.ENABLE, ids=IDS, request_key="k1").pk == first.pk
    assert Operation.objects.filter(batch=first).count() == len(IDS)


def test_a_busy_module_refuses_all_and_is_named(two: Life) -> None:
    other = lifecycle.enable_module(actor=ACTOR, module_id="ModuleB")
    with pytest.raises(Busy) as caught:
        begin(Verb.ENABLE, ids=IDS)
    assert caught.value.context == {"id": "ModuleB", "operation": other.pk}
    assert not Batch.objects.exists()
    assert AuditEvent.objects.filter(action="batch-enable", outcome="busy").count() == 1


def test_each_step_needs_its_right_before_anything_is_queued(needy: Life) -> None:
    eve = Actor("eve", "web", frozenset(Right) - {Right.OPERATE})
    for asked in ({"verb": Verb.DISABLE}, {"verb": Verb.REMOVE, "cascade": True}):
        with pytest.raises(NotAllowed):
            start_batch(actor=eve, ids=["alpha"], **asked)
    with pytest.raises(NotAllowed):
        cancel_batch(actor=eve, batch_id=1)
    assert not Batch.objects.exists()


def test_what_does_not_exist_and_what_is_so_already_is_refused(two: Life) -> None:
    with pytest.raises(NotFound):
        begin(Verb.ENABLE, ids=["ModuleA", "ModuleNone"])
    with pytest.raises(Refused) as caught:
        begin(Verb.DISABLE, ids=IDS)
    assert caught.value.slug == "nothing-to-do"
    with pytest.raises(NotFound):
        cancel_batch(actor=ACTOR, batch_id=77)


def test_an_ended_batch_cannot_be_cancelled(two: Life) -> None:
    batch = begin(Verb.ENABLE, ids=IDS)
    two.run_batch(batch)
    with pytest.raises(Refused) as caught:
        cancel_batch(actor=ACTOR, batch_id=batch.pk)
    assert caught.value.slug == "batch-not-cancellable"


def test_disabling_what_others_need_names_them_unless_they_go_along(needy: Life) -> None:
    for ask in (lifecycle.disable_module, lifecycle.remove_module):
        with pytest.raises(Refused) as caught:
            ask(actor=ACTOR, module_id="alpha", force=True)
        assert caught.value.slug == "dependents-enabled"
        assert "The beta" in str(caught.value) and caught.value.hint
    with pytest.raises(PlanRefused) as refused:
        begin(Verb.DISABLE, ids=["alpha"])
    assert [one.slug for one in refused.value.plan.problems] == ["dependents-enabled"]
    assert [
        step.id for step in plan_batch(verb=Verb.DISABLE, ids=["alpha"], cascade=True).steps
    ] == [
        "beta",
        "alpha",
    ]


def test_enabling_asks_for_what_it_needs_or_takes_it_along(needy: Life) -> None:
    needy.disable("beta")
    needy.disable("alpha")
    with pytest.raises(Refused) as caught:
        lifecycle.enable_module(actor=ACTOR, module_id="beta")
    assert caught.value.slug == "requirement-not-enabled"
    assert caught.value.context["ids"] == ["alpha"]

    page = needy.run_batch(begin(Verb.ENABLE, ids=["beta"]))

    assert [(item.module_id, item.outcome) for item in page.items] == [
        ("alpha", "done"),
        ("beta", "done"),
    ]


def test_what_changed_since_it_was_queued_is_noticed_inside_the_operation(needy: Life) -> None:
    needy.disable("beta")
    enabling = lifecycle.enable_module(actor=ACTOR, module_id="beta")
    Module.objects.filter(pk="alpha").update(wanted="off")
    done = needy.run(enabling)
    assert (done.outcome, (done.error or {})["slug"]) == ("refused", "requirement-not-enabled")

    disabling_ids = Module.objects.filter(pk="alpha")
    disabling_ids.update(wanted="on")
    disabling = lifecycle.disable_module(actor=ACTOR, module_id="alpha")
    Module.objects.filter(pk="beta").update(wanted="on")
    done = needy.run(disabling)
    assert (done.outcome, (done.error or {})["slug"]) == ("refused", "dependents-enabled")


def test_php_with_a_missing_requirement_installs_with_a_warning_and_stays_off(life: Life) -> None:
    operation = life.install(freepbx("beta", needs=("alpha",)), enable=True)
    assert operation.outcome == Outcome.DONE
    assert any("alpha" in str(said) for said in operation.messages)
    enabling = Operation.objects.get(verb="enable")
    assert enabling.outcome == Outcome.REFUSED
    with pytest.raises(Refused):
        lifecycle.enable_module(actor=ACTOR, module_id="beta")
    assert Module.objects.get().wanted == "off"


def test_python_with_a_missing_requirement_is_refused(life: Life) -> None:
    with pytest.raises(Refused) as caught:
        life.install(freepbx_python("beta", needs=("alpha",)))
    assert caught.value.slug == "requirement-missing"
    assert not Operation.objects.exists() and Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("flag", "ask", "slug"),
    [
        ("candisable", lifecycle.disable_module, "module-cannot-be-disabled"),
        ("canuninstall", lifecycle.remove_module, "module-cannot-be-removed"),
    ],
)
def test_what_a_package_forbids_is_not_forced(life: Life, flag: str, ask: Any, slug: str) -> None:
    life.install(freepbx("alpha", more=f"<{flag}>no</{flag}>"), enable=True)
    with pytest.raises(Refused) as caught:
        ask(actor=ACTOR, module_id="alpha", force=True)
    assert caught.value.slug == slug


def test_upgrading_takes_what_waits_and_what_is_kept(life: Life) -> None:
    life.install(php_module("1.0.0"))
    assert upgradable_ids() == []
    waiting = life.upload(php_module("1.1.0"))
    assert upgradable_ids() == ["ModuleTest"]

    page = life.run_batch(begin(Verb.UPGRADE, ids=upgradable_ids()))

    assert [item.verb for item in page.items] == ["upgrade"]
    assert Module.objects.get().version == "1.1.0"
    assert not Upload.objects.filter(pk=waiting.pk).exists()
    life.install(php_module("1.0.0"), allow_downgrade=True)
    assert upgradable_ids() == ["ModuleTest"]
    page = life.run_batch(begin(Verb.UPGRADE, ids=["ModuleTest"]))
    assert (Module.objects.get().version, page.outcome) == ("1.1.0", "done")
    assert not Upload.objects.exists()


def test_a_version_that_was_rolled_back_is_no_upgrade(life: Life) -> None:
    life.install(php_module("1.0.0"))
    life.install(php_module("1.1.0"))
    life.rollback("ModuleTest")
    assert Module.objects.get().version == "1.0.0"
    assert upgradable_ids() == []


def test_kept_data_of_several_is_erased_with_its_consent_only(two: Life) -> None:
    two.run_batch(begin(Verb.REMOVE, ids=IDS))
    with pytest.raises(PlanRefused) as caught:
        begin(Verb.REMOVE, ids=IDS)
    assert caught.value.slug == "module-removed-already"
    page = two.run_batch(begin(Verb.REMOVE, ids=IDS, keep_data=False))
    assert page.outcome == "done"
    assert two.residue() == []


def test_an_unknown_mode_is_a_mistake_of_the_caller(two: Life) -> None:
    with pytest.raises((ModuleError, ValueError)):
        begin(Verb.ENABLE, ids=IDS, mode="sometimes")
    assert not Batch.objects.exists()


def test_a_module_whose_state_forbids_it_is_named_before_anything_is_queued(two: Life) -> None:
    Module.objects.filter(pk="ModuleA").update(fault="damaged")
    with pytest.raises(Refused) as caught:
        begin(Verb.ENABLE, ids=IDS)
    assert caught.value.slug == "module-state" and "ModuleA" in str(caught.value)
    assert not Batch.objects.exists()


def test_a_package_that_cannot_be_installed_refuses_all(life: Life) -> None:
    good = life.upload(php_module())
    bad = life.upload(freepbx("alpha"))
    bad.report["errors"] = [{"slug": "x", "message": "y", "severity": "error"}]
    bad.save()
    with pytest.raises(Refused) as caught:
        begin(Verb.INSTALL, upload_ids=[str(good.pk), str(bad.pk)])
    assert caught.value.slug == "package-invalid"
    assert not Batch.objects.exists()


def test_a_lower_version_is_not_installed_with_others(life: Life) -> None:
    life.install(php_module("2.0.0"))
    uploads = [life.upload(php_module("1.0.0")), life.upload(freepbx("alpha"))]
    with pytest.raises(Refused) as caught:
        begin(Verb.INSTALL, upload_ids=[str(one.pk) for one in uploads])
    assert caught.value.slug == "version-lower"
    assert not Batch.objects.exists()


def test_who_comes_a_moment_later_is_told_which_module_is_busy(
    two: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.enable_module(actor=ACTOR, module_id="ModuleB")
    monkeypatch.setattr("modules_app.services.batches._refuse_busy", lambda _plan: None)
    monkeypatch.setattr("modules_app.services.batches.all_modules", lambda _language: [])
    with pytest.raises(Busy) as caught:
        begin(Verb.ENABLE, ids=IDS)
    assert (caught.value.slug, caught.value.context["id"]) == ("module-busy", "ModuleB")
    assert not Batch.objects.exists()
