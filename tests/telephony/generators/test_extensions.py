"""extensions.conf of a small system, by hand from reference M7.1, M7.2, M7.5, M7.6 and M6.2."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from modules_app.domain.dialplan_edits import Edit, EditKind
from modules_app.hooks.text import Piece
from telephony_app.domain.reader import check
from telephony_app.domain.snapshot import Application, IncomingRoute, Phone, Provider, Snapshot
from telephony_app.generators.answers import HookAnswers, no_answers
from telephony_app.generators.extensions import extensions
from telephony_app.generators.questions import questions
from telephony_app.generators.rendering import render
from tests.telephony.generators.systems import ANN, TRUNK, Said, said, small

INCOMING = """\
[U-incoming]
exten => 74951234567,1,NoOp(--- Incoming call ---)
	same => n,Set(CHANNEL(language)=en-en)
	same => n,Set(CHANNEL(hangup_handler_wipe)=hangup_handler,s,1)
	same => n,Set(__FROM_DID=${EXTEN})
	same => n,Set(__FROM_CHAN=${CHANNEL})
	same => n,Set(__M_CALLID=${CHANNEL(callid)})
	same => n,ExecIf($["${CHANNEL(channeltype)}" = "Local"]?Set(__FROM_PEER=${CALLERID(num)}):Gosub(set_from_peer,s,1))
	same => n,Gosub(add-trim-prefix-clid,${EXTEN},1)
	same => n,Set(__TRANSFER_OPTIONS=t)

; ***** BEGIN BY ModuleBlackList
	same => n,GotoIf($["${CALLERID(num)}" = "666"]?internal,hangup,1)
; ***** END BY ModuleBlackList
	same => n,GosubIf($[${DIALPLAN_EXISTS(U-incoming-cid-did,${EXTEN},1)}]?U-incoming-cid-did,${EXTEN},1)
	same => n,GosubIf($[${DIALPLAN_EXISTS(U-incoming-custom,${EXTEN},1)}]?U-incoming-custom,${EXTEN},1)
	same => n,Set(M_TIMEOUT=30)
	same => n,ExecIf($["${M_DIALSTATUS}" != "ANSWER" & "${M_DIALSTATUS}" != "BUSY"]?Dial(Local/201@internal-incoming,30,${TRANSFER_OPTIONS}Kg))
	same => n,GosubIf($[${DIALPLAN_EXISTS(U-incoming-after-dial-custom,${EXTEN},1)}]?U-incoming-after-dial-custom,${EXTEN},1)
	same => n,ExecIf($["${M_DIALSTATUS}" = "BUSY" | "${DIALSTATUS}" = "BUSY"]?Busy(2))
	same => n,Hangup()
exten => _X!,1,NoOp(--- Incoming call ---)
"""  # noqa: E501 - as it is written

OUTGOING = """\
[U-5-outgoing]
exten => _[0-9*#+a-zA-Z]!,1,Set(number=${FILTER(*#+0-9,8${EXTEN:1})})
	same => n,ExecIf($["${number}" = ""]?Hangup())
	same => n,Set(ROUTFOUND=1)
	same => n,Set(_PROVIDER_ID=U)
	same => n,Set(DIAL_COMMAND=PJSIP/${number}@U)
	same => n,Set(DIAL_TIMOUT=600)
"""

ORDER = [
    "globals",
    "general",
    "U-incoming",
    "applications",
    "module",
    "internal-num-undefined",
    "all_peers",
    "internal",
    "internal-incoming",
    "internal-users",
    "sipregistrations",
    "messages",
    "internal-originate",
    "dial_create_chan",
    "internal-transfer",
    "internal-hints",
    "outgoing",
    "U-5-outgoing",
    "none-incoming",
    "public-direct-dial",
]


def written(snapshot: Snapshot, answers: HookAnswers | None = None) -> str:
    """Return the text of a file that has no faults."""
    paper = extensions(snapshot, answers or no_answers())
    assert paper.complaints == []
    file = paper.finish()
    assert check({file.path: file.text}) == []
    return file.text


def context(text: str, name: str) -> str:
    """Return the lines of one context."""
    found = re.search(rf"^\[{re.escape(name)}\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_contexts_come_in_the_order_of_the_reference() -> None:
    text = written(small(), said("extension_gen_contexts", "[module]\nexten => 1,1,NoOp()"))
    names = re.findall(r"^\[([^\]]+)\]", text, re.MULTILINE)
    assert [name for name in names if name in ORDER] == ORDER


def test_an_incoming_route_is_written_as_in_the_reference() -> None:
    step = '\tsame => n,GotoIf($["${CALLERID(num)}" = "666"]?internal,hangup,1)'
    hook = "generate_incoming_rout_before_dial_pre_system"
    answers = said(hook, step, key="74951234567", by="ModuleBlackList")
    assert f"{INCOMING}" in written(small(), answers)


def test_an_outgoing_route_is_written_as_in_the_reference() -> None:
    text = written(small())
    choice = 'GosubIf($["${REGEX("^9[0-9]{10}$" ${EXTEN})}" = "1"]?U-5-outgoing,${EXTEN},1)'
    assert f"\tsame => n,{choice}\n" in context(text, "outgoing")
    assert OUTGOING in text


def test_a_phone_is_written_as_in_the_reference() -> None:
    text = written(small())
    assert "exten => 201,1,Goto(internal-users,201,1)\n" in context(text, "internal")
    assert context(text, "internal-transfer").startswith(
        "include => outgoing\n"
        "exten => 201,1,Set(__ISTRANSFER=transfer_)\n"
        "\tsame => n,Set(__QUEUE_SRC_CHAN=)\n"
        "\tsame => n,Goto(internal-users,201,1)\n"
    )
    assert context(text, "internal-hints") == "exten => 201,hint,PJSIP/201&Custom:201\n\n"


def test_forwarding_and_mobile_numbers_are_plain_dialplan() -> None:
    phones = (
        ANN._replace(ring_length=20, forwarding="202", forwarding_on_busy="203", mobile="+7916"),
        Phone("202", "Bob", "s", mobile="+7916"),
        Phone("203", "Cid", "s", mobile="201"),
    )
    text = written(replace(small(), phones=phones))
    settings = context(text, "phone-settings")
    assert settings.startswith(
        "exten => 201,1,Set(FW_TIME=20)\n\tsame => n,Set(FW=202)\n\tsame => n,Set(FW_BUSY=203)\n"
    )
    assert "exten => 202" not in settings
    assert context(text, "internal").count("exten => +7916,1,Set(EXTERNALPHONE=+7916)") == 1


def test_an_application_and_what_cannot_be_one() -> None:
    good = Application(
        "*77", "Door", "plaintext", "n(go),Answer()\nPlayback(x)\n; why\nn+2,Goto(go)"
    )
    system = replace(small(), applications=(good,))
    text = written(system)
    assert context(text, "applications").startswith(
        "exten => *77,1(go),Answer()\n\tsame => n,Playback(x)\n\tsame => n+2,Goto(go)\n"
    )
    assert "exten => *77,1,Goto(applications,*77,1)\n" in context(text, "internal")
    bad = good._replace(number="*78", logic="[evil]")
    paper = extensions(replace(system, applications=(good, bad)), no_answers())
    assert [one.slug for one in paper.complaints] == ["application-unreadable"]
    assert "evil" not in paper.finish().text


STEP, EXTEN = "same => n,NoOp(x)", "exten => 9,1,NoOp(x)"


@pytest.mark.parametrize(
    ("hook", "key", "text", "where", "before", "behind"),
    [
        ("extension_globals", "", "A=1", "globals", "PICKUP_EXTEN=*8\n", "\n[general]"),
        ("get_include_internal", "", "include => outgoing", "internal", "[internal]\n",
         "exten => 201"),
        ("extension_gen_internal", "", EXTEN, "internal", "users,201,1)\n", "exten => i,1"),
        ("extension_gen_internal_users_pre_dial", "", STEP, "internal-users", "${EXTEN},1)\n",
         "\tsame => n,Gosub(phone-settings"),
        ("extension_gen_all_peers_context", "", STEP, "all_peers", "${EXTEN} ---)\n",
         "\tsame => n,Set(__FROM_CHAN"),
        ("get_include_internal_transfer", "", "include => internal", "internal-transfer",
         "include => outgoing\n", "exten => 201"),
        ("extension_gen_internal_transfer", "", EXTEN, "internal-transfer", "users,201,1)\n",
         "\n[internal-hints]"),
        ("extension_gen_hints", "", "exten => 9,hint,Custom:9", "internal-hints", "Custom:201\n",
         "\n[outgoing]"),
        ("extension_gen_create_channel_dialplan", "", STEP, "dial_create_chan", ":,2-)}))\n",
         "\tsame => n,Return()"),
        ("generate_public_context", "", EXTEN, "public-direct-dial", "[public-direct-dial]\n",
         "include => none-incoming"),
        ("generate_incoming_rout_before_dial_system", "X!", STEP, "U-incoming", "OPTIONS=t)\n",
         "\tsame => n,GosubIf($[${DIALPLAN_EXISTS(U-incoming-cid-did"),
        ("generate_incoming_rout_before_dial", "X!", STEP, "U-incoming", "OPTIONS=t)\n",
         "\tsame => n,GosubIf($[${DIALPLAN_EXISTS(U-incoming-cid-did"),
        ("generate_incoming_rout_after_dial_context", "U-incoming", STEP, "U-incoming", ")\n",
         "\tsame => n,GosubIf($[${DIALPLAN_EXISTS(U-incoming-after-dial-custom"),
        ("generate_out_rout_context", "5", STEP, "U-5-outgoing", "?Return())\n",
         "\tsame => n,Dial(${DIAL_COMMAND}"),
        ("generate_out_rout_after_dial_context", "5", STEP, "U-5-outgoing", "dial_create_chan,s,1))\n",  # noqa: E501
         "\tsame => n,GosubIf($[${DIALPLAN_EXISTS(U-outgoing-after-dial-custom"),
    ],
)  # fmt: skip
def test_every_hook_lands_where_the_reference_says(
    hook: str, key: str, text: str, where: str, before: str, behind: str
) -> None:
    block = f"\n; ***** BEGIN BY ModuleX\n{text}\n; ***** END BY ModuleX\n"
    found = written(small(), said(hook, text, key=key))
    assert f"{before}{block}{behind}" in found
    assert found.index(f"[{where}]") < found.index(block)


def test_a_module_with_a_low_priority_stands_before_core() -> None:
    early = said("extension_gen_internal", "exten => 201,hint,x", priority=100)
    assert written(small(), early).index("BEGIN BY") < written(small(), early).index(
        "internal-users,201"
    )
    first = said("extension_gen_contexts", "[m]", priority=100)
    assert written(small(), first).index("[m]") < written(small(), first).index("[U-incoming]")


def test_freepbx_contexts_stand_around_core_by_their_priorities() -> None:
    pieces = (Piece("early", 479, "[early]"), Piece("late", 480, "[late]"))
    text = written(small(), Said({("get_config", ""): pieces}))
    assert text.index("[early]") < text.index("[U-incoming]") < text.index("[late]")


def test_a_block_that_would_swallow_what_follows_is_left_out_and_named() -> None:
    paper = extensions(small(), said("extension_gen_all_peers_context", f"{STEP}\n[evil]\n;--"))
    assert [(one.owner, one.line, one.slug) for one in paper.complaints] == [
        ("ModuleX", 2, "opens-section"),
        ("ModuleX", 3, "comment-open"),
    ]
    assert paper.finish().text == written(small())


def test_every_line_of_a_module_is_known_to_be_its_own() -> None:
    file = extensions(small(), said("extension_gen_internal", f"{EXTEN}\n{STEP}")).finish()
    lines = file.text.split("\n")
    at = lines.index(EXTEN) + 1
    own = ["ModuleX"] * 4  # two markers, two lines
    assert [file.owner_of(number) for number in range(at - 2, at + 4)] == ["", *own, ""]


def test_a_route_of_any_provider_comes_after_those_of_each() -> None:
    routes = (
        IncomingRoute(1, 1, "", "", "202"),
        IncomingRoute(2, 2, "U", "", "201"),
        IncomingRoute(3, 3, "", "5", "203"),
    )
    text = written(replace(small(), incoming=routes))
    any_number = context(text, "U-incoming")
    assert any_number.index("Local/201@") < any_number.index("Local/202@")
    assert "exten => 5,1," in any_number and "exten => 5,1," in context(text, "none-incoming")


def test_a_login_that_is_no_number_takes_what_every_number_takes() -> None:
    text = context(written(small()), "U-incoming")
    assert "exten => A,1,NoOp" in text


def test_the_default_route_ends_with_its_comment() -> None:
    default = IncomingRoute(9, 9999, extension="202", is_default=True)
    text = written(replace(small(), incoming=(default,)))
    assert "Dial(Local/202@internal,,${TRANSFER_OPTIONS}Kg)) ; default action\n" in text
    busy = default._replace(action="busy", extension="")
    assert "?Busy(2)) ; default action\n" in written(replace(small(), incoming=(busy,)))


def test_a_destination_of_a_module_that_is_gone_is_passed_over() -> None:
    route = IncomingRoute(1, 1, "U", "", destination_module="m", destination="m-ctx,s,1")
    text = written(replace(small(), incoming=(route,)))
    assert "& ${DIALPLAN_EXISTS(m-ctx,s,1)}]?Goto(m-ctx,s,1))" in text
    assert "Congestion" not in text


def test_a_default_route_to_a_module_that_is_gone_ends_in_congestion_behind_everything() -> None:
    default = IncomingRoute(
        9, 9999, is_default=True, destination_module="m", destination="m-ctx,s,1"
    )
    text = context(written(replace(small(), incoming=(default,))), "U-incoming")
    goto = "& ${DIALPLAN_EXISTS(m-ctx,s,1)}]?Goto(m-ctx,s,1)) ; default action\n"
    assert text.index(goto) < text.index("U-incoming-after-dial-custom") < text.index("Congestion")
    busy = default._replace(action="busy")
    assert "Congestion" not in written(replace(small(), incoming=(busy,)))


def test_providers_of_one_address_share_a_context() -> None:
    second = Provider("V", "Second", "none", "sip.example.com")
    text = written(replace(small(), providers=(TRUNK, second)))
    assert "[sipexamplecom5060-incoming]" in text
    assert (
        "CONTEXT_ID_U=sipexamplecom5060-incoming\nCONTEXT_ID_V=sipexamplecom5060-incoming\n" in text
    )


def test_questions_have_the_keys_under_which_answers_are_looked_for() -> None:
    wanted = ["generate_incoming_rout_before_dial", "generate_incoming_rout_after_dial_context",
              "generate_out_rout_context", "extension_globals"]  # fmt: skip
    asked = questions(small(), wanted)
    assert asked["generate_incoming_rout_before_dial"] == {
        "74951234567": {"rout_number": "74951234567"},
        "X!": {"rout_number": "X!"},
        "A": {"rout_number": "A"},
    }
    assert list(asked["generate_incoming_rout_after_dial_context"]) == [
        "U-incoming",
        "none-incoming",
    ]
    rout = asked["generate_out_rout_context"]["5"]["rout"]
    assert rout["technology"] == "PJSIP" and rout["trimfrombegin"] == "1"
    assert "extension_globals" not in asked


def test_edits_and_files_of_modules_are_carried_out() -> None:
    edit = Edit(EditKind.INCLUDE, "internal", value="outgoing")
    answers = Said(
        edited=(("hello", 500, edit),),
        written=(("hello", "hello.conf", "[a]\nb = 1"), ("x", "pjsip.conf", "[z]")),
    )
    drawn = render(small(), answers)
    assert "[internal](+)\ninclude => outgoing\n" in drawn.texts["asterisk/extensions.conf"]
    assert drawn.texts["asterisk/hello.conf"] == "[a]\nb = 1\n"
    assert [(one.owner, one.slug) for one in drawn.complaints] == [("x", "file-taken")]
