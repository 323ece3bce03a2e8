"""What modules are asked anew after a change is what they would be asked if all were made anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules_app.hooks.keyed import KEYED
from telephony_app.domain.snapshot import Phone, Snapshot
from telephony_app.generators.questions import changes, questions
from tests.telephony.generators.systems import small

PHONES = st.dictionaries(
    st.sampled_from(["201", "202", "203", "204"]),
    st.tuples(st.sampled_from(["Ann", "Bo\\b", ""]), st.sampled_from(["S", "T;"]), st.booleans()),
)


def with_phones(chosen: dict[str, tuple[str, str, bool]]) -> Snapshot:
    phones = (
        Phone(number, name, secret, webrtc=webrtc)
        for number, (name, secret, webrtc) in sorted(chosen.items())
    )
    return replace(small(), phones=tuple(phones))


@settings(deadline=None)
@given(before=PHONES, now=PHONES)
def test_changes_lead_from_the_old_questions_to_the_new(before: Any, now: Any) -> None:
    old, new = with_phones(before), with_phones(now)
    found = changes(new, old, KEYED)
    assert found is not None
    reached = {
        hook: {
            key: arguments
            for key, arguments in (dict(asked) | dict(found.questions.get(hook, {}))).items()
            if key not in found.gone.get(hook, ())
        }
        for hook, asked in questions(old, KEYED).items()
    }
    assert reached == questions(new, KEYED)


def test_one_changed_phone_makes_only_its_own_questions() -> None:
    before = with_phones({str(number): ("Ann", "S", False) for number in range(201, 240)})
    phones = tuple(
        phone._replace(name="Eve") if phone.number == "210" else phone for phone in before.phones
    )
    found = changes(replace(before, phones=phones), before, KEYED)
    assert found is not None
    assert {hook: set(asked) for hook, asked in found.questions.items()} == {
        "override_pjsip_options": {"210/auth", "210/aor", "210/endpoint"},
        "generate_peer_pj_additional_options": {"210"},
    }
    assert not any(found.gone.values())


@pytest.mark.parametrize(
    "other",
    [{"settings": {"SIPRealm": "else"}}, {"codecs": ()}, {"providers": ()}, {"bind": "127.0.0.1"}],
)
def test_any_other_change_is_asked_about_as_a_whole(other: dict[str, Any]) -> None:
    assert changes(replace(small(), **other), small(), KEYED) is None
