"""The smaller files (reference M6.7), and all files together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules_app.hooks.text import Piece, join_pieces
from telephony_app.domain.blocks import Shape
from telephony_app.domain.reader import check
from telephony_app.domain.snapshot import (
    Account,
    AriUser,
    Codec,
    Manager,
    Network,
    Paths,
    Snapshot,
)
from telephony_app.generators.answers import no_answers
from telephony_app.generators.paper import Paper, core, with_core
from telephony_app.generators.rendering import render
from telephony_app.generators.tones import ZONES, zone_of
from tests.telephony.generators.systems import ANN, Said, said, small

MANAGER = """\
[crm]
secret = a\\;b
deny = 0.0.0.0/0.0.0.0
deny = ::/0
permit = 192.0.2.0/24
read = call,system
write = call
eventfilter = !UserEvent: CdrConnector
eventfilter = !UserEvent: Ping_
eventfilter = !Event: Newexten

"""
OWN = """\
[pbxmodules]
secret = m
deny = 0.0.0.0/0.0.0.0
deny = ::/0
permit = 127.0.0.1/255.255.255.255
read = all
write = call,cdr,originate,reporting,agent,dialplan,dtmf,log,verbose,user
"""


def system(**settings: str) -> Snapshot:
    """Return a system with users of every interface."""
    return replace(
        small(**settings),
        managers=(Manager("crm", "a;b", 1, {"call": "readwrite", "system": "read"}),),
        ari_users=(AriUser("robot", "r;s"),),
        accounts=(Account("pbxadmin", "o"), Account("pbxmodules", "m")),
    )


def text(name: str, snapshot: Snapshot, answers: Said | None = None) -> str:
    """Return one file; no file has a fault."""
    drawn = render(snapshot, answers or no_answers())
    assert drawn.complaints == ()
    assert check(drawn.texts) == []
    return drawn.texts[f"asterisk/{name}"]


def test_users_of_the_manager_interface_have_their_rights_and_networks() -> None:
    found = text("manager.conf", system())
    assert "port = 5038\nbindaddr = 0.0.0.0\ndisplayconnects = no\n" in found
    assert "webenabled = yes\n" in found
    assert MANAGER in found and OWN in found


def test_without_ami_only_our_own_accounts_are_left_on_the_loopback() -> None:
    found = text("manager.conf", system(AMIEnabled="0"))
    assert "bindaddr = 127.0.0.1\n" in found and "webenabled = no\n" in found
    assert "[crm]" not in found and "[pbxadmin]" in found


def test_own_filters_replace_the_usual_one() -> None:
    user = Manager("x", "y", event_filter="Event: Dial\n\n!Event: VarSet")
    found = text("manager.conf", replace(system(), managers=(user,)))
    assert "Ping_\neventfilter = Event: Dial\neventfilter = !Event: VarSet\n\n" in found
    assert "[x]\nsecret = y\nread = \nwrite = \n" in found


def test_a_network_that_is_gone_permits_nobody() -> None:
    found = text("manager.conf", replace(system(), networks=()))
    assert "deny = ::/0\nread = call,system\n" in found


@pytest.mark.parametrize(
    ("hook", "file", "own"),
    [
        ("generate_manager_conf", "manager.conf", "[x]\nsecret = y"),
        ("generate_ari_conf", "ari.conf", "[x]\ntype = user"),
        ("get_feature_map", "features.conf", "parkcall => *2"),
        ("generate_modules_conf", "modules.conf", "load => res_calendar.so"),
    ],
)
def test_modules_come_last_in_a_file(hook: str, file: str, own: str) -> None:
    block = f"\n; ***** BEGIN BY ModuleX\n{own}\n; ***** END BY ModuleX\n"
    assert text(file, system(ARIEnabled="1"), said(hook, own)).endswith(block)


def test_ari_is_off_until_it_is_switched_on() -> None:
    assert "enabled = no\n" in text("ari.conf", system())
    assert "robot" not in text("ari.conf", system(), said("generate_ari_conf", "[x]"))
    assert "res_ari" not in text("modules.conf", system())
    found = text("ari.conf", system(ARIEnabled="1"))
    assert (
        "[robot]\ntype = user\nread_only = no\npassword_format = plain\npassword = r\\;s\n" in found
    )
    assert "load = res_ari.so\n" in text("modules.conf", system(ARIEnabled="1"))


def test_http_listens_only_for_those_who_need_it() -> None:
    assert "enabled = yes\nbindaddr = 0.0.0.0\nbindport = 8088\n" in text("http.conf", system())
    assert "enabled = no\n" in text("http.conf", system(AJAMEnabled="0"))
    secure = replace(system(), paths=Paths("/c", "/k"), bind="::")
    assert "tlsbindaddr = [::]:8089\ntlscertfile = /c\n" in text("http.conf", secure)
    assert "bind = [::]:5060\n" in text("pjsip.conf", secure)


def test_features_have_the_codes_of_the_settings() -> None:
    found = text("features.conf", system(PBXFeatureBlindTransfer="*7;[x]"))
    assert "atxfer = ##\ndisconnect = *0\nblindxfer = *7x\n" in found


def test_only_what_the_enabled_codecs_need_is_loaded() -> None:
    found = text("modules.conf", replace(system(), codecs=(Codec("alaw"), Codec("g722"))))
    assert "load = codec_g722.so" in found and "opus" not in found.replace("attr_opus", "")
    assert len(set(found.split("\n"))) == found.count("\n") + 1


def test_lists_of_addresses_are_made_for_those_who_have_one() -> None:
    network = Network(1, "Office", ("192.0.2.0/24", "2001:db8::/32"), ("192.0.2.128/25",))
    found = text(
        "acl.conf", replace(system(), networks=(network,), phones=(ANN._replace(network=1),))
    )
    assert found.endswith(
        "[acl_201]\ndeny = 0.0.0.0/0.0.0.0\ndeny = ::/0\n"
        "permit = 192.0.2.0/25\npermit = 2001:db8::/32\n\n"
    )
    assert "acl_" not in text("acl.conf", system())


def test_voice_has_at_least_one_pair_of_ports() -> None:
    assert "rtpstart = 10000\nrtpend = 10200\n" in text("rtp.conf", system())
    assert "rtpend = 10002\n" in text("rtp.conf", system(RTPPortTo="9000"))


def test_logs_are_where_others_read_them() -> None:
    found = text("logger.conf", system())
    assert (
        "messages.log => notice,warning,error\n" in found and "security_log => security\n" in found
    )


def test_every_language_has_tones() -> None:
    assert {zone_of(one) for one in ("en-en", "ru-ru", "de-de", "xx-xx", "")} <= set(ZONES)
    assert zone_of("en-gb") == "uk" and zone_of("xx-xx") == "ru"


def test_blocks_are_joined_byte_by_byte_as_elsewhere() -> None:
    own = [core(500, "exten => 1,1,A()\n"), core(600, "same => n,B()\n")]
    others = [Piece("M", 100, "exten => 2,1,C()\n\n"), Piece("N", 550, "exten => 3,1,D()")]
    paper = Paper("x.conf")
    start = len(paper.finish().text)
    paper.join(with_core(others, *own), Shape.EXTENSIONS)
    assert paper.finish().text[start:] == join_pieces(with_core(others, *own))


def test_equal_arguments_give_equal_bytes() -> None:
    assert render(system(), no_answers()).digest == render(system(), no_answers()).digest
