"""Overrides of pjsip options are chained: nobody undoes another's change (reference M6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telephony_app.generators.paper import Paper
from telephony_app.generators.pjsip import pjsip
from telephony_app.generators.questions import questions
from tests.telephony.generators.systems import Said, small

HOOK = "override_pjsip_options"


def changed(*wanted: tuple[str, Mapping[str, str]], key: str = "201/endpoint") -> Paper:
    answers: Sequence[tuple[str, Mapping[str, str]]] = wanted
    return pjsip(small(), Said(changes={(HOOK, key): answers}))


def original(key: str = "201/endpoint") -> dict[str, str]:
    return dict(questions(small(), [HOOK])[HOOK][key]["options"])


def owner_of(paper: Paper, line: str) -> str:
    file = paper.finish()
    return file.owner_of(file.text.split("\n").index(line) + 1)


def test_a_module_is_told_everything_that_holds_for_a_section() -> None:
    options = original()
    assert options["type"] == "endpoint"
    assert options["callerid"] == "Ann <201>"
    assert options["allow"] == "alaw,ulaw,opus"
    assert options["rtp_timeout"] == "120"
    assert original("201/auth")["password"] == "S"
    assert original("201/aor")["max_contacts"] == "5"


def test_what_comes_back_unchanged_changes_nothing() -> None:
    before = pjsip(small(), Said()).finish().text
    assert changed(("ModuleX", original())).finish().text == before


def test_a_changed_key_a_new_key_and_an_own_key_are_taken() -> None:
    wanted = {**original(), "rtp_timeout": "9", "accountcode": "x;y", "callerid": "Z <9>"}
    paper = changed(("ModuleX", wanted))
    text = paper.finish().text
    assert "callerid = Ann" not in text
    assert (
        "; === Module overrides ===\nrtp_timeout = 9\ncallerid = Z <9>\naccountcode = x\\;y\n"
    ) in text
    assert owner_of(paper, "accountcode = x\\;y") == "ModuleX"
    assert paper.complaints == []


def test_two_modules_change_two_keys_though_each_returns_the_whole_map() -> None:
    paper = changed(
        ("ModuleX", {**original(), "rtp_timeout": "9"}),
        ("ModuleY", {**original(), "rtp_keepalive": "8"}),
    )
    assert "rtp_timeout = 9\nrtp_keepalive = 8\n" in paper.finish().text
    assert owner_of(paper, "rtp_keepalive = 8") == "ModuleY"
    assert paper.complaints == []


def test_two_modules_that_want_different_values_are_both_named_and_the_first_has_it() -> None:
    paper = changed(
        ("ModuleX", {"rtp_timeout": "9"}),
        ("ModuleY", {"rtp_timeout": "8"}),
        ("ModuleZ", {"rtp_timeout": "9"}),
    )
    assert "rtp_timeout = 9\n" in paper.finish().text
    assert "rtp_timeout = 8\n" not in paper.finish().text
    assert [(one.owner, one.slug, one.context["first"]) for one in paper.complaints] == [
        ("ModuleY", "override-clash", "ModuleX")
    ]


def test_codecs_are_replaced_not_added_to() -> None:
    text = changed(("ModuleX", {"allow": "g722"})).finish().text
    assert "; === Module overrides ===\ndisallow = all\nallow = g722\n" in text


def test_neither_the_type_nor_a_line_can_be_slipped_in() -> None:
    paper = changed(
        ("ModuleX", {"type": "aor", "a]\n[b": "1", "x": "1\n[evil]\ntype = endpoint"}),
    )
    assert {one.slug for one in paper.complaints} == {"type-changed", "not-an-option"}
    assert "\n[evil]" not in paper.finish().text


def test_a_provider_is_overridden_by_section() -> None:
    hook = "override_provider_pjsip_options"
    asked = questions(small(), [hook])[hook]
    assert list(asked) == [
        f"U/{part}"
        for part in ("registration-auth", "registration", "auth", "aor", "identify", "endpoint")
    ]
    answers = Said(changes={(hook, "U/registration"): [("ModuleX", {"expiration": "600"})]})
    text = pjsip(small(), answers).finish().text
    assert (
        "client_uri = sip:A@sip.example.com:5060\n; === Module overrides ===\nexpiration = 600\n"
        in text
    )
