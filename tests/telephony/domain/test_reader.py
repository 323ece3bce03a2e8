"""The strict reader: what Asterisk would swallow is a fault, what it takes is none."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_app.domain import reader
from telephony_app.domain.balance import unbalanced
from telephony_app.domain.reader import check
from tests.asterisk.lab.root import root_folder
from tests.conftest import missing

NOT_READ_BY_ASTERISK = {"ast_debug_tools.conf", "dbsep.conf"}
FAULTY_SAMPLES = {
    ("cel_sqlite3_custom.conf", "no-section"),
    ("chan_mobile.conf", "section-twice"),
    ("extensions.conf", "no-context"),  # parkedcalls, which res_parking makes
    ("manager.conf", "directive"),
}


def faults(text: str, name: str = "x.conf") -> list[tuple[int, str]]:
    return [(fault.line, fault.slug) for fault in check({f"asterisk/{name}": text})]


def plan(text: str) -> list[tuple[int, str]]:
    return faults(f"[c]\n{text}", "extensions.conf")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("a = 1", "no-section"),
        ("[a]\nb", "no-equals"),
        ("[a]\n= 1", "no-name"),
        ("[a\nb = 1", "section-open"),
        ("[]\n", "section-empty"),
        ("[a] (b)\n", "section-tail"),
        ("[a](b\n", "section-tail"),
        ("[a](b)\n", "no-template"),
        ("[b](!)\n[a](b, b)\n", "no-template"),
        ("[a](+)\n", "no-such-section"),
        ("[a]\n[b]\n[a]\n", "section-twice"),
        ('[a]\n#include "x"', "directive"),
        ("[a]\n#exec /bin/x", "directive"),
    ],
)
def test_what_is_wrong_in_any_file_is_found(text: str, slug: str) -> None:
    assert slug in [found for _line, found in faults(text)]


@pytest.mark.parametrize(
    "text",
    [
        "[t](!)\na = 1\n[b](t)\n[c](t,b)\nx => 2\n",
        "[a]\nb = 1\n[a](+)\nc = 2\n",
        "[a](!)\n[B](A)\n",
        "[a]\nb += more\n",
        "[a] ; why\nb = \\;\n",
    ],
)
def test_what_asterisk_takes_is_taken(text: str) -> None:
    assert faults(text) == []


def test_objects_of_pjsip_may_share_a_name_but_not_a_type() -> None:
    text = "[t](!)\ntype = aor\n[1](t)\n[1]\ntype = endpoint\n[1]\ntype = auth\n"
    assert faults(text, "pjsip.conf") == []
    assert faults(f"{text}[1](t)\n", "pjsip.conf") == [(8, "section-twice")]


@pytest.mark.parametrize(
    ("line", "slug"),
    [
        ("same => n,NoOp()", "no-extension"),
        ("exten => 1,n,NoOp()", "no-start"),
        ("exten => 1,x,NoOp()", "bad-priority"),
        ("exten => 1,0,NoOp()", "bad-priority"),
        ("exten => 1,-1,NoOp()", "bad-priority"),
        ("exten => ,1,NoOp()", "bad-extension"),
        ("exten => 1", "bad-priority"),
        ("exten => 1,1", "no-application"),
        ("exten => 1,1,No Op()", "bad-application"),
        ("exten => 1,1(label,NoOp()", "label-open"),
        ("exten => 1,1,Dial(PJSIP/1", "not-closed"),
        ("exten => 1,1,Dial(PJSIP/1) x", "not-closed"),
        ("exten => 1,1,NoOp(${A)", "unbalanced"),
        ("exten => 1,1,GotoIf($[1 = 1?a)", "unbalanced"),
        ('exten => 1,1,NoOp("a)', "unbalanced"),
        ("exten => 1,1,NoOp((a)", "unbalanced"),
        ("exten => 1,1,NoOp()\nexten => 1,1,NoOp()", "priority-taken"),
        ("exten => 1,hint", "no-application"),
        ("include => nowhere", "no-context"),
        ("extension => 1,1,NoOp()", "unknown-word"),
    ],
)
def test_what_is_wrong_in_the_dialplan_is_found(line: str, slug: str) -> None:
    assert slug in [found for _line, found in plan(line)]


@pytest.mark.parametrize(
    "text",
    [
        "exten => _[0-9*#+a-zA-Z]!,1,NoOp()\nsame => n(here),Goto(here)\nsame => n+2,Hangup",
        "exten => 1,hint,PJSIP/1&Custom:1\nexten => 1,1,NoOp()",
        'exten => 1,1,Set(x=${IF($["${A}" = "("]?a:b)})',
        'exten => 1,1,NoOp(\\(\\")',
        "exten => 1/2001,1,NoOp()\nsame => 5,NoOp()\nsame => n,NoOp()",
        "include => c\nswitch => Lua\nignorepat => 9",
        "exten => s,1,Set(a=\\;answer-after=0)",
    ],
)
def test_the_dialplan_that_asterisk_takes_is_taken(text: str) -> None:
    assert plan(text) == []


def test_a_context_that_is_added_to_goes_on_with_its_extensions() -> None:
    text = "[c]\nexten => 1,1,NoOp()\n[d]\n[c](+)\nsame => n,NoOp()\nexten => 1,n,NoOp()\n"
    assert faults(text, "extensions.conf") == [(5, "no-extension")]


def test_variables_are_no_dialplan() -> None:
    assert faults("[globals]\nA=Dial(\n[general]\nx = yes\n", "extensions.conf") == []


@settings(deadline=None)
@given(st.text(alphabet='()[]{}$"\\a,', max_size=30))
def test_brackets_are_seen_whatever_is_written(text: str) -> None:
    plain = "".join(sign for sign in text if sign not in '\\"$')
    pairs = all(plain.count(a) == plain.count(b) for a, b in ("()", "[]", "{}"))
    if text == plain and not pairs:
        assert unbalanced(text)


@settings(deadline=None)
@given(st.text(alphabet="[](),!+=>;#-\\ \nabn1", max_size=120))
def test_the_reader_survives_everything_and_names_lines_that_exist(text: str) -> None:
    for name in ("extensions.conf", "pjsip.conf", "x.conf"):
        assert all(1 <= line <= text.count("\n") + 1 for line, _slug in faults(text, name))


LINES = (
    *("[100](endpoint-udp)", "[100]", "[100](!)", "[100](+)", "[100](nobody)", "[]", "[1", "[a;b]"),
    *("type = aor", "type = >aor", "type= endpoint", "type =", " type = auth", "type = auth\x01"),
    *("callerid = A <100>", "a = b;c", "a = b\\;c", "no equals", " = 1", "#include x", "a=[b]"),
    *("; --- PEER ---", ";-- open", "close --;", ";---- not open", "", "\t", "a = b\r", "a = \0"),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
def test_a_section_that_is_read_at_once_is_read_as_if_line_by_line(text: str) -> None:
    for name in ("pjsip.conf", "x.conf"):
        with patch.object(reader._Reading, "skim", lambda *_part: False):
            one_by_one = reader.flaws_of(name, text)
        assert reader.flaws_of(name, text) == one_by_one


def test_debians_sample_files_are_taken() -> None:
    folder = root_folder() / "etc/asterisk"
    if not folder.is_dir():
        missing("Debian's Asterisk is not here; its sample files are not read")
    texts = {
        path.name: path.read_text(encoding="latin-1")
        for path in folder.glob("*.conf")
        if path.name not in NOT_READ_BY_ASTERISK
    }
    assert len(texts) > 80
    assert {(fault.path, fault.slug) for fault in check(texts)} <= FAULTY_SAMPLES
