"""The modules of the scene ``apply`` are asked like real ones, about what changed and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bench import contributors
from bench.rendering import CONTRIBUTING
from modules_app.models import HookResult
from modules_app.operator import collecting
from modules_app.permissions import Actor
from modules_app.selectors import questions
from telephony_app.selectors.answers import stored_answers
from telephony_app.services.extensions import change_extension, create_extension

pytestmark = pytest.mark.django_db
ROOT = Actor.system()


def test_ten_modules_are_asked_about_one_changed_phone_and_compared_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PBX_DATA_DIR = tmp_path
    phones = [create_extension(actor=ROOT, values={"number": str(1000 + n)}) for n in range(3)]
    contributors.install()
    assert questions.open_questions() == {}
    change_extension(actor=ROOT, record_id=phones[1].pk, values={"name": "Somebody else"})
    compared = []
    monkeypatch.setattr(questions, "_open", noting(compared, questions._open))
    found = questions.open_questions()
    assert len(compared) == len(contributors.KEYED_HOOKS)
    assert len(found) == CONTRIBUTING
    for hooks in found.values():
        asked = {hook: list(one.questions) for hook, one in hooks.items()}
        assert asked == {
            "override_pjsip_options": ["1001/endpoint"],
            "generate_peer_pj_additional_options": ["1001"],
        }
    monkeypatch.setattr(collecting, "ask_host", contributors.ask_nobody)
    assert len(collecting.collect_idle(None)) == CONTRIBUTING  # type: ignore[arg-type]
    assert questions.open_questions() == {}
    rows = HookResult.objects.filter(hook="override_pjsip_options")
    (name,) = {row.asked_with for row in rows}
    assert set(questions.read_asked(name).digests) == {
        f"{1000 + n}/{kind}" for n in range(3) for kind in ("auth", "aor", "endpoint")
    }
    assert stored_answers().overrides("override_pjsip_options", "1001/endpoint")


def noting(calls: list[object], function: object) -> object:
    def noted(*given: object) -> object:
        calls.append(given)
        return function(*given)  # type: ignore[operator]

    return noted
