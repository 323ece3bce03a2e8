"""An upgrade whose operator died while the module stands still: what a person sees meanwhile."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from modules_app.domain.operations import Outcome
from modules_app.models import Module, Operation
from modules_app.operator.recovery import recover
from tests.builders import python_module
from tests.lifecycle import ACTOR, Life

ID = "ModulePy"


def test_it_says_that_nobody_is_at_work_and_the_next_operator_brings_the_module_back(
    life: Life, admin_page: Client
) -> None:
    life.install(python_module(ID), enable=True)
    before = timezone.now() - timedelta(minutes=5)
    Module.objects.filter(pk=ID).update(phase="maintenance")
    broken_off = Operation.objects.create(
        module_id=ID, id_fold=ID.casefold(), verb="upgrade", outcome=Outcome.RUNNING,
        stage="set-up", actor=ACTOR.name, channel="cli", from_state={"phase": "ready"},
        options={"upload": "00000000-0000-0000-0000-000000000000"},
        queued_at=before, started_at=before, beat_at=before,
    )  # fmt: skip

    row = admin_page.get("/modules/").content.decode().partition(f'id="row-{ID}"')[2]
    page = admin_page.get(f"/operations/{broken_off.pk}/").content.decode()
    assert "Working" in row.partition("</tr>")[0]
    assert "No news since" in page
    assert "The process that ran it has ended." in page

    recover(life.tools)

    broken_off.refresh_from_db()
    assert broken_off.outcome == Outcome.ABORTED
    assert Module.objects.get(pk=ID).phase == "ready"
    row = admin_page.get("/modules/").content.decode().partition(f'id="row-{ID}"')[2]
    assert "Enabled" in row.partition("</tr>")[0]
