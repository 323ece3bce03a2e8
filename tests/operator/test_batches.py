"""Several modules at once: order, what becomes of the rest, all or none (reference R4.5, U2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain.batches import BatchOutcome
from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.models import AuditEvent, Batch, Module, Operation
from modules_app.operator.together import resume_claimed
from modules_app.operator.turns import claim
from modules_app.packages.faults import FaultInjected
from modules_app.selectors.batches import BatchPage
from modules_app.services.batches import cancel_batch, start_batch
from tests.builders import freepbx, freepbx_python, python_module
from tests.lifecycle import ACTOR, Life

NO = """
from modules_app.sdk import ConfigClass

class {name}Conf(ConfigClass):
    def {hook}(self):
        return False
"""
SAYS_NO = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_module(self):
        self.messages.append("not today")
        return False
"""


def chain(life: Life, **more: Any) -> dict[str, str]:
    """Upload alpha, beta that needs it and gamma that needs beta; return the ids of uploads."""
    packages = {
        "gamma": freepbx("gamma", needs=("beta",)),
        "beta": freepbx("beta", needs=("alpha ge 1.0",)),
        "alpha": freepbx("alpha", **more),
    }
    return {name: str(life.upload(content).pk) for name, content in packages.items()}


def begin(verb: Verb, **asked: Any) -> Batch:
    return start_batch(actor=ACTOR, verb=verb, **asked)


def all_on(life: Life) -> None:
    page = life.run_batch(begin(Verb.INSTALL, upload_ids=list(chain(life).values()), enable=True))
    assert page.outcome is BatchOutcome.DONE, page.items


def states() -> dict[str, str]:
    return dict(Module.objects.values_list("id", "wanted"))


def ended(page: BatchPage) -> list[tuple[str, str, str]]:
    return [(item.verb, item.module_id, item.outcome) for item in page.items]


def slugs(page: BatchPage) -> list[str]:
    return [str(item.sentence.get("slug", "")) for item in page.items]


def test_a_batch_installs_what_is_needed_first_and_enables_each_before_the_next(life: Life) -> None:
    all_on(life)

    order = Operation.objects.order_by("started_at").values_list("verb", "module_id")
    assert list(order) == [
        (verb, module) for module in ("alpha", "beta", "gamma") for verb in ("install", "enable")
    ]
    assert states() == {"alpha": "on", "beta": "on", "gamma": "on"}
    said = AuditEvent.objects.filter(action="batch-install").values_list("outcome", flat=True)
    assert list(said.order_by("id")) == ["queued", "done"]
    assert Batch.objects.get().ended_at is not None


def failing(life: Life) -> list[str]:
    """Upload three modules of which the second cannot be installed."""
    packages = (
        python_module("ModuleA"),
        python_module("ModuleB", files={"installer.py": SAYS_NO}),
        python_module("ModuleC"),
    )
    return [str(life.upload(one).pk) for one in packages]


def test_stop_leaves_the_rest_unbegun_and_says_because_of_whom(life: Life) -> None:
    page = life.run_batch(begin(Verb.INSTALL, upload_ids=failing(life)))

    assert ended(page) == [
        ("install", "ModuleA", "done"),
        ("install", "ModuleB", "failed"),
        ("install", "ModuleC", "cancelled"),
    ]
    assert slugs(page) == ["", "installer-failed", "batch-stopped"]
    assert page.items[2].sentence["context"]["id"] == "ModuleB"
    assert page.outcome is BatchOutcome.PARTLY
    assert set(states()) == {"ModuleA"}


def test_continue_goes_on_with_the_others(life: Life) -> None:
    page = life.run_batch(begin(Verb.INSTALL, upload_ids=failing(life), mode="continue"))

    assert [item.outcome for item in page.items] == ["done", "failed", "done"]
    assert page.outcome is BatchOutcome.PARTLY


def test_continue_refuses_what_needs_an_earlier_step_that_failed(life: Life) -> None:
    refusing = "def install(self):\n        return False"
    packages = (
        freepbx_python("alpha", body=refusing),
        freepbx_python("beta", needs=("alpha",)),
        freepbx_python("gamma"),
    )
    ids = [str(life.upload(content).pk) for content in packages]

    page = life.run_batch(begin(Verb.INSTALL, upload_ids=ids, mode="continue"))

    by_id = {item.module_id: item for item in page.items}
    assert by_id["alpha"].outcome == "failed"
    assert by_id["beta"].outcome == "refused"
    assert by_id["beta"].sentence["slug"] == "requirement-failed"
    assert by_id["gamma"].outcome == "done"


def test_together_one_that_fails_leaves_nothing_of_the_others(life: Life) -> None:
    before = life.residue()
    page = life.run_batch(begin(Verb.INSTALL, upload_ids=failing(life), mode="together"))

    assert [item.outcome for item in page.items] == ["cancelled", "failed", "cancelled"]
    assert slugs(page) == ["batch-put-back", "installer-failed", "batch-put-back"]
    assert page.outcome is BatchOutcome.FAILED
    assert states() == {}
    left = [name for name in life.residue() if not name.startswith("uploads")]
    assert left == before


def test_together_installs_in_one_commit_and_then_enables_in_one(life: Life) -> None:
    batch = begin(Verb.INSTALL, upload_ids=list(chain(life).values()), enable=True, mode="together")
    page = life.run_batch(batch)

    assert page.outcome is BatchOutcome.DONE
    assert states() == {"alpha": "on", "beta": "on", "gamma": "on"}
    committed = AuditEvent.objects.filter(outcome="committed").values_list("action", flat=True)
    assert list(committed.order_by("id")) == ["module-install"] * 3 + ["module-enable"] * 3


def test_a_cascade_disables_in_one_commit_what_needs_it_first(life: Life) -> None:
    all_on(life)
    page = life.run_batch(begin(Verb.DISABLE, ids=["alpha"], cascade=True, mode="together"))

    assert ended(page) == [("disable", one, "done") for one in ("gamma", "beta", "alpha")]
    assert set(states().values()) == {"off"}


def test_a_set_of_which_one_does_not_agree_is_not_switched_off(life: Life) -> None:
    veto = NO.format(name="ModuleB", hook="on_before_module_disable")
    for name, files in (("ModuleA", {}), ("ModuleB", {"conf.py": veto})):
        life.install(python_module(name, files=files), enable=True)
    assert states() == {"ModuleA": "on", "ModuleB": "on"}

    page = life.run_batch(begin(Verb.DISABLE, ids=["ModuleA", "ModuleB"], mode="together"))

    assert ended(page) == [
        ("disable", "ModuleA", "cancelled"),
        ("disable", "ModuleB", "refused"),
    ]
    assert states() == {"ModuleA": "on", "ModuleB": "on"}


def test_removing_with_a_cascade_keeps_the_dependents_disabled(life: Life) -> None:
    all_on(life)
    page = life.run_batch(begin(Verb.REMOVE, ids=["alpha"], cascade=True, mode="together"))

    assert page.outcome is BatchOutcome.DONE
    assert states() == {"beta": "off", "gamma": "off"}


def test_cancelling_ends_what_waits_and_asks_what_runs(life: Life) -> None:
    batch = begin(Verb.INSTALL, upload_ids=failing(life))
    first = claim(batch.operations.order_by("position").first().pk)
    assert first is not None

    cancel_batch(actor=ACTOR, batch_id=batch.pk)

    assert [one.outcome for one in batch.operations.order_by("position")] == [
        "running",
        "cancelled",
        "cancelled",
    ]
    resume_claimed(first, life.tools)
    page = life.run_batch(batch)
    assert (page.outcome, page.may_cancel) == (BatchOutcome.FAILED, False)
    assert Batch.objects.get(pk=batch.pk).ended_at is not None


FAILS = "raise"
BEFORE = ("operation.begun", "together.prepared", "together.committing")
AFTER = ("operation.committed", "switch.committed")


@pytest.mark.parametrize("point", [*BEFORE, *AFTER])
def test_recovery_leads_a_set_to_all_on_or_all_off(
    life: Life, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    all_on(life)
    batch = begin(Verb.DISABLE, ids=["alpha"], cascade=True, mode="together")
    lead = claim(batch.operations.order_by("position").first().pk)
    assert lead is not None
    _die_at(monkeypatch, lead, life, point)

    resume_claimed(Operation.objects.select_related("batch").get(pk=lead.pk), life.tools)

    done = point in AFTER
    assert set(states().values()) == {"off" if done else "on"}
    expected = Outcome.DONE if done else Outcome.ABORTED
    assert set(batch.operations.values_list("outcome", flat=True)) == {expected}
    assert Batch.objects.get(pk=batch.pk).ended_at is not None


def _die_at(monkeypatch: pytest.MonkeyPatch, lead: Operation, life: Life, point: str) -> None:
    """Run the set until a point and no further, as if the process had ended there."""
    from modules_app.operator import run, together  # noqa: PLC0415 - patched here only

    class Killed(BaseException):
        """Nothing of the product catches it."""

    def guard(action: Any) -> None:
        try:
            action()
        except FaultInjected:
            raise Killed from None

    with monkeypatch.context() as patch:
        patch.setenv("PBX_FAULT", f"{point}:raise")
        patch.setattr(run, "guard", guard)
        patch.setattr(together, "guard", guard)
        with pytest.raises((Killed, FaultInjected)):
            together.run_claimed(lead, life.tools)
