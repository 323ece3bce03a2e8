"""A sentence that names its cause is in one language, whoever said the cause."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from modules_app.api.answers import sentence as over_rest
from modules_app.cli.output import sentence as in_a_shell
from modules_app.exceptions import ModuleError, caused_by
from modules_app.permissions import Actor
from modules_app.templatetags.module_ui import sentence as on_a_page
from modules_app.templatetags.words import with_causes
from telephony_app.models import ApplyRequest
from telephony_app.services.apply import apply_now
from telephony_app.templatetags.telephony_ui import apply_sentence
from tests.telephony.apply.fake_ami import FakeAsterisk
from tests.telephony.apply.test_apply import look, phone


def shown(said: dict[str, Any]) -> str:
    """Return a stored sentence in Russian, which is the same wherever it is read."""
    with override("ru"):
        texts = {on_a_page(said), in_a_shell(said, "message"), over_rest(said)}
    assert len(texts) == 1
    return texts.pop()


def test_why_asterisk_was_not_told_is_translated(fake: FakeAsterisk) -> None:
    fake.mode = "refuse"
    phone("201")
    note = look().notes[0]
    assert note["context"]["reason"].startswith("Asterisk refuses the AMI account")
    text = shown(note)
    assert "refuses the AMI account" not in text
    assert "Asterisk отклоняет" in text
    assert "Authentication failed" in text, "what Asterisk said stays as it said it"


def test_why_asterisk_took_files_back_is_translated(fake: FakeAsterisk, boss: Actor) -> None:
    phone("201")
    fake.outputs["dialplan show pbxadmin-asks@all_peers"] = (
        "There is no existence of 'all_peers' context"
    )
    apply_now(actor=boss)
    problem = look().problem
    assert problem["slug"] == "asterisk-complained"
    assert "does not know the context" not in shown(problem)
    request = ApplyRequest.objects.get()
    with override("ru"):
        assert apply_sentence(request.sentence, request.context) == shown(problem)


def test_a_cause_of_a_cause_is_translated_too() -> None:
    deepest = ModuleError("lost", "The connection to Asterisk is lost.")
    middle = ModuleError("refused", "{reason}!", context=caused_by(deepest))
    with override("ru"):
        text = with_causes(caused_by(middle))["reason"]
    assert text.endswith("!") and "connection" not in text


@pytest.mark.parametrize(
    "causes", ["x", [1], {"reason": "x"}, {"reason": {"message": ""}}, {"reason": {"message": "{"}}]
)
def test_what_is_no_cause_breaks_nothing(causes: Any) -> None:
    assert with_causes({"reason": "it", "causes": causes})["reason"] in ("it", "{")
