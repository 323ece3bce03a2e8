"""A start that fails after the commit of an all-or-none batch (R4.5; guide several-modules).

The one that does not start is led back, and with it those after it in the plan; those before it
have started and stay. That must come out wherever the operator dies after the commit.
"""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain.batches import BatchOutcome
from modules_app.domain.states import Verb
from modules_app.models import AuditEvent, Batch, Module, Operation
from modules_app.operator import checking, run, switch, together, upgrade
from modules_app.operator.turns import claim
from modules_app.operator.work import Work
from modules_app.selectors.batches import get_batch
from modules_app.services.batches import start_batch
from tests.builders import freepbx
from tests.lifecycle import ACTOR, Life

NAMES = ("alpha", "beta", "gamma")
POINTS = [
    "operation.committed",
    *("switch.committed", "operation.started", "operation.checked"),  # alpha starts
    *("switch.committed", "operation.started", "operation.reverted"),  # beta does not
    "operation.reverted",  # gamma goes back with it
]


class Killed(BaseException):
    """Nothing of the product catches it: the operator process is gone."""


class Points:
    """Stands in for ``fault_point``: notes what is reached, ends the operator at one of them."""

    def __init__(self, deadly: int | None = None) -> None:
        self.reached: list[str] = []
        self._deadly = deadly

    def __call__(self, name: str) -> None:
        if self.reached or name == "operation.committed" or self._deadly is None:
            self.reached.append(name)
            if len(self.reached) - 1 == self._deadly:
                raise Killed(name)


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """A host in which the modules of the set do not load."""
    broken: set[str] = set()

    def verdict(work: Work) -> dict[str, Any]:
        module_id = work.operation.module_id
        on = Module.objects.get(pk=module_id).wanted == "on"
        ok = module_id not in broken or not on
        return {"ok": ok, "error": "" if ok else "it does not load", "stage": "import"}

    monkeypatch.setattr(Work, "wait_for_host", verdict)
    monkeypatch.setattr(checking, "check_page", lambda _work: None)
    return broken


def installed(life: Life, version: str = "1.0") -> list[str]:
    """Upload alpha, beta that needs it and gamma that needs beta; return the ids of uploads."""
    needs = {"alpha": (), "beta": ("alpha",), "gamma": ("beta",)}
    return [str(life.upload(freepbx(one, version, needs=needs[one])).pk) for one in NAMES]


def run_until(
    monkeypatch: pytest.MonkeyPatch, life: Life, batch: Batch, deadly: int | None
) -> Points:
    """Run the set as the operator does it, until it dies if it shall."""
    points = Points(deadly)
    with monkeypatch.context() as patch:
        for module in (run, together, switch, upgrade, checking):
            if hasattr(module, "fault_point"):
                patch.setattr(module, "fault_point", points)
        first = claim(batch.operations.order_by("position").first().pk)
        assert first is not None
        if deadly is None:
            together.run_claimed(first, life.tools)
        else:
            with pytest.raises(Killed):
                together.run_claimed(first, life.tools)
    return points


def recover(life: Life, batch: Batch) -> None:
    """Do what a new operator process does with what was running."""
    running = batch.operations.filter(outcome="running").order_by("position").first()
    assert running is not None
    together.resume_claimed(
        Operation.objects.select_related("batch").get(pk=running.pk), life.tools
    )


def enabling(life: Life) -> Batch:
    page = life.run_batch(start_batch(actor=ACTOR, verb=Verb.INSTALL, upload_ids=installed(life)))
    assert page.outcome is BatchOutcome.DONE
    return start_batch(actor=ACTOR, verb=Verb.ENABLE, ids=list(NAMES), mode="together")


def assert_only_the_first_started(batch: Batch) -> None:
    page = get_batch(batch.pk)
    assert [(one.module_id, one.outcome) for one in page.items] == [
        ("alpha", "done"),
        ("beta", "failed"),
        ("gamma", "failed"),
    ]
    slugs = [one.sentence.get("slug", "") for one in page.items]
    assert slugs[1:] == ["module-does-not-load", "batch-put-back"]
    assert page.items[2].sentence["context"]["id"] == "beta"
    assert page.outcome is BatchOutcome.PARTLY
    assert Batch.objects.get(pk=batch.pk).ended_at is not None


def test_one_that_does_not_start_takes_those_after_it_along(
    life: Life, host: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = enabling(life)
    host.add("beta")

    points = run_until(monkeypatch, life, batch, None)

    reached = points.reached[points.reached.index(POINTS[0]) :]
    assert reached == POINTS, "the kill test below walks exactly these"
    assert_only_the_first_started(batch)
    rows = Module.objects.order_by("id").values_list("wanted", "reason_code")
    assert list(rows) == [("on", ""), ("off", "DisabledByException"), ("off", "")]


@pytest.mark.parametrize("deadly", range(len(POINTS)))
def test_the_same_comes_out_wherever_the_operator_dies(
    life: Life, host: set[str], monkeypatch: pytest.MonkeyPatch, deadly: int
) -> None:
    batch = enabling(life)
    host.add("beta")
    points = run_until(monkeypatch, life, batch, deadly)
    assert points.reached == POINTS[: deadly + 1]

    recover(life, batch)

    assert_only_the_first_started(batch)
    assert dict(Module.objects.values_list("id", "wanted")) == {
        "alpha": "on",
        "beta": "off",
        "gamma": "off",
    }


def test_a_start_that_ends_the_operator_twice_is_led_back_with_those_after_it(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = enabling(life)
    beta_starts = 5
    run_until(monkeypatch, life, batch, beta_starts)

    def dies(work: Work) -> dict[str, Any]:
        if Module.objects.get(pk=work.operation.module_id).wanted == "on":
            raise Killed
        return {"ok": True}

    with monkeypatch.context() as patch:
        patch.setattr(Work, "wait_for_host", dies)
        with pytest.raises(Killed):
            recover(life, batch)
        recover(life, batch)

    slugs = [one.sentence.get("slug", "") for one in get_batch(batch.pk).items]
    assert slugs[1:] == ["operation-ended-the-operator", "batch-put-back"]
    assert dict(Module.objects.values_list("id", "wanted")) == {
        "alpha": "on",
        "beta": "off",
        "gamma": "off",
    }


@pytest.mark.parametrize("dies", [False, True])
def test_upgrades_that_do_not_start_go_back_to_their_versions(
    life: Life, host: set[str], monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    life.run_batch(enabling(life))
    assert set(Module.objects.values_list("wanted", flat=True)) == {"on"}
    newer = installed(life, "2.0")
    batch = start_batch(actor=ACTOR, verb=Verb.UPGRADE, upload_ids=newer, mode="together")
    host.add("beta")

    points = run_until(monkeypatch, life, batch, len(POINTS) // 2 if dies else None)
    assert "operation.committed" in points.reached
    if dies:
        recover(life, batch)

    assert [one.outcome for one in get_batch(batch.pk).items] == ["done", "failed", "failed"]
    assert list(Module.objects.order_by("id").values_list("version", "wanted")) == [
        ("2.0", "on"),
        ("1.0", "on"),
        ("1.0", "on"),
    ]
    said = AuditEvent.objects.filter(action="batch-upgrade").order_by("id")
    assert [event.outcome for event in said] == ["queued", "partly"]
