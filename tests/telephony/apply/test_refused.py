"""What the page says when Asterisk refuses the files: once, and nothing that is not so."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from modules_app.models import SurfaceState
from telephony_app.models import ApplyKind, ApplyOutcome, ApplyRequest
from tests.pages import administrator
from tests.telephony.apply.fake_ami import FakeAsterisk

SAID = "Asterisk says: no such thing"
HEADING = "Left out, because it was refused:"


def page_after(owner: str, problem: str) -> str:
    """Return the page after a try that ended with one complaint of ``owner``, and a problem."""
    now = timezone.now()
    ApplyRequest.objects.create(
        kind=ApplyKind.NOW, state=ApplyOutcome.FAILED, sentence=problem,
        asked_at=now, ended_at=now, asked_by="anna",
    )  # fmt: skip
    stored = {"slug": "x", "message": problem, "context": {}, "hint": ""}
    complaint = {"owner": owner, "path": "asterisk/pjsip.conf", "line": 7, **stored}
    state = {"problem": stored if problem else None, "complaints": [complaint | {"message": SAID}]}
    SurfaceState.objects.update_or_create(name="asterisk", defaults=state)
    client = Client()
    client.force_login(administrator())
    return client.get("/telephony/apply/").content.decode()


@pytest.mark.usefixtures("home")
def test_what_was_taken_back_as_a_whole_is_said_once(fake: FakeAsterisk) -> None:
    html = page_after("", f"Asterisk took the new files back: {SAID}")
    assert html.count(SAID) == 1
    assert HEADING not in html


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("problem", ["", "Asterisk took the new files back."])
def test_a_module_that_is_left_out_is_named(fake: FakeAsterisk, problem: str) -> None:
    html = page_after("ModuleBroken", problem)
    assert html.count(SAID) == 1
    assert HEADING in html and "Disable ModuleBroken" in html
