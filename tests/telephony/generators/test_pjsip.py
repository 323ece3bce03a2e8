"""pjsip.conf of a small system, by hand from reference M7.2 to M7.4."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telephony_app.domain.reader import check
from telephony_app.domain.snapshot import Network, Paths, Phone, Provider, Snapshot
from telephony_app.generators.answers import HookAnswers, no_answers
from telephony_app.generators.paper import Paper
from telephony_app.generators.pjsip import pjsip
from tests.telephony.generators.systems import ANN, TRUNK, Said, said, small

PHONE = """\
; --- PEER: 201 - Ann ---
[201-AUTH]
type = auth
username = 201
password = S
realm = pbx
[201](aor-common)
[201](endpoint-base)
callerid = Ann <201>
aors = 201
auth = 201-AUTH
outbound_auth = 201-AUTH
dtmf_mode = auto
; ---
"""

OUTBOUND = """\
; ============================================================
; OUTBOUND TRUNK: Trunk (AUTO)
; ============================================================
[U-REG-AUTH]
type = auth
username = A
password = T
[U-REG](registration-base)
outbound_auth = U-REG-AUTH
contact_user = A
server_uri = sip:sip.example.com:5060
client_uri = sip:A@sip.example.com:5060
[U-AUTH]
type = auth
username = A
password = T
[U](provider-aor-base)
contact = sip:A@sip.example.com:5060
qualify_frequency = 60
qualify_timeout = 3.0
[U]
type = identify
endpoint = U
match = sip.example.com
[U](provider-endpoint-base)
set_var = providerID=U
context = U-incoming
dtmf_mode = auto
from_user = A
from_domain = sip.example.com
contact_user = A
aors = U
outbound_auth = U-AUTH
"""

INBOUND = """\
; INBOUND TRUNK: Trunk (UDP)
; ============================================================
[U-AUTH]
type = auth
username = A
password = T
[A](provider-aor-base)
qualify_frequency = 60
qualify_timeout = 3.0
[U]
type = identify
endpoint = A
match = sip.example.com
[A](provider-endpoint-udp)
set_var = providerID=U
context = A-incoming
dtmf_mode = auto
from_user = A
from_domain = sip.example.com
aors = A
auth = U-AUTH
identify_by = username,auth_username
"""

PEER = """\
; PEER TRUNK: Trunk (AUTO)
; ============================================================
[U](provider-aor-base)
contact = sip:sip.example.com:5070
outbound_proxy = sip:proxy.example.com\\;lr
[U]
type = identify
endpoint = U
match = 192.0.2.7,sip.example.com,proxy.example.com
[U](provider-endpoint-base)
set_var = providerID=U
context = U-incoming
dtmf_mode = auto
from_domain = sip.example.com
aors = U
outbound_proxy = sip:proxy.example.com\\;lr
acl = acl_U
"""


def written(snapshot: Snapshot, answers: HookAnswers | None = None) -> str:
    """Return the text of a file that has no faults."""
    paper = made(snapshot, answers)
    assert paper.complaints == []
    return paper.finish().text


def made(snapshot: Snapshot, answers: HookAnswers | None = None) -> Paper:
    paper = pjsip(snapshot, answers or no_answers())
    file = paper.finish()
    assert check({file.path: file.text}) == []
    return paper


def test_a_phone_is_written_as_in_the_reference() -> None:
    assert written(small(SIPRealm="pbx")).endswith(PHONE)


def test_a_phone_written_with_others_is_written_as_one_alone() -> None:
    spoken_of = said("generate_peer_pj_additional_options", " ", key="201")
    assert written(small(SIPRealm="pbx"), spoken_of).endswith(PHONE)


@pytest.mark.parametrize("number", range(3))
def test_a_provider_is_written_as_in_the_reference(number: int) -> None:
    inbound = TRUNK._replace(registration="inbound", transport="udp")
    peer = Provider(
        "U",
        "Trunk",
        "none",
        "sip.example.com",
        5070,
        qualify=False,
        outbound_proxy="proxy.example.com",
        additional_hosts=("192.0.2.7",),
        network=1,
    )
    provider, text = ((TRUNK, OUTBOUND), (inbound, INBOUND), (peer, PEER))[number]
    assert f"{text}\n; --- PEER: 201" in written(replace(small(), providers=(provider,)))


def test_the_frame_has_what_the_reference_lists() -> None:
    text = written(small(SIPPort="5080", PBXLanguage="ru_RU"))
    for line in (
        "endpoint_identifier_order = username,ip,anonymous",
        "[transport-udp]\ntype = transport\nprotocol = udp\nbind = 0.0.0.0:5080\n",
        "[transport-tcp]",
        "[aor-common](!)\ntype = aor\nqualify_frequency = 60\nqualify_timeout = 5\n",
        "disallow = all\nallow = alaw\nallow = ulaw\nallow = opus\n",
        "language = ru-ru",
        "tone_zone = ru",
        "[endpoint-udp](!,endpoint-base)\ntransport = transport-udp\n",
    ):
        assert line in text
    assert "[transport-tls]" not in text and "[anonymous]" not in text


def test_behind_nat_others_are_told_the_address_outside() -> None:
    networks = (
        Network(1, "Here", ("192.168.0.0/16", "10.0.0.0/8"), is_local=True),
        Network(2, "x"),
    )
    text = written(
        replace(small(ExternalAddress="pbx.example.com", externalSIPPort="5090"), networks=networks)
    )
    lines = (
        "bind = 0.0.0.0:5060\nlocal_net = 192.168.0.0/16\nlocal_net = 10.0.0.0/8\n"
        "external_media_address = pbx.example.com\nexternal_signaling_address = pbx.example.com\n"
        "external_signaling_port = 5090\n"
    )
    assert text.count(lines) == 2
    assert "external_" not in written(small(ExternalAddress="a b; c"))


def test_guests_come_only_where_they_are_allowed() -> None:
    assert "[anonymous]\ntype = endpoint\n" in written(small(PBXAllowGuestCalls="1"))


def test_tls_and_browsers_need_a_certificate() -> None:
    phones = (ANN._replace(webrtc=True), Phone("202", "Bob", "s", "tls"))
    system = replace(small(UseWebRTC="1"), phones=phones)
    without = written(system)
    assert "transport-tls" not in without and "201-WS" not in without
    assert "[202](endpoint-tls)\n" in without
    assert "[endpoint-tls](!,endpoint-base)\nmedia_encryption = sdes\n" in without
    paths = Paths("/etc/ssl/pbx.crt", "/etc/ssl/pbx.key")
    text = written(replace(system, paths=paths))
    assert "cert_file = /etc/ssl/pbx.crt\npriv_key_file = /etc/ssl/pbx.key\n" in text
    assert (
        "[201-WS](aor-common)\n[201-WS](endpoint-wss)\ncallerid = Ann <201>\naors = 201-WS\n"
        in text
    )
    assert "disallow = all\nallow = opus,alaw,ulaw\nrtcp_mux = yes\n" in text


def test_own_codecs_and_a_network_are_written() -> None:
    phone = ANN._replace(codecs=("ulaw", "g729", "alaw"), network=1, dtmf_mode="info")
    text = written(replace(small(), phones=(phone,)))
    assert "dtmf_mode = info\nacl = acl_201\ndisallow = all\nallow = ulaw\nallow = alaw\n" in text


def test_manual_attributes_come_after_everything_else() -> None:
    manual = "rtp_timeout = 9\n[aor]\nmax_contacts = 1 ; one\n[auth]\nrealm = a\\;b"
    answers = Said(
        changes={("override_pjsip_options", "201/aor"): [("ModuleX", {"max_contacts": "7"})]}
    )
    text = written(replace(small(), phones=(ANN._replace(manual_attributes=manual),)), answers)
    assert (
        "[201](aor-common)\n; === Module overrides ===\nmax_contacts = 7\n"
        "; === Manual attributes ===\nmax_contacts = 1\n"
    ) in text
    assert "; === Manual attributes ===\nrealm = a\\;b\n[201](aor-common)" in text
    assert text.endswith("; === Manual attributes ===\nrtp_timeout = 9\n; ---\n")


def test_a_browser_phone_gets_manual_attributes_but_its_own_keys_stay() -> None:
    manual = "transport = transport-udp\nAors = 201\nallow = g722\nrtp_timeout = 9"
    phone = ANN._replace(webrtc=True, manual_attributes=manual)
    system = replace(small(UseWebRTC="1"), phones=(phone,), paths=Paths("/c", "/k"))
    ordinary, browser = written(system).split("[201-WS](endpoint-wss)\n")
    assert "allow = g722\n" in ordinary and "Aors = 201\n" in ordinary
    assert browser.startswith("callerid = Ann <201>\naors = 201-WS\n")
    assert browser.endswith("; === Manual attributes ===\nrtp_timeout = 9\n; ---\n")
    assert "g722" not in browser and "transport-udp" not in browser


def test_manual_attributes_that_cannot_be_read_are_left_out_and_said() -> None:
    paper = made(replace(small(), phones=(ANN._replace(manual_attributes="[other]\nx=1"),)))
    assert [(one.owner, one.slug) for one in paper.complaints] == [("", "manual-attributes")]
    assert "x = 1" not in paper.finish().text


def test_additional_options_stand_in_every_endpoint_of_the_phone() -> None:
    system = replace(
        small(UseWebRTC="1"), phones=(ANN._replace(webrtc=True),), paths=Paths("/c", "/k")
    )
    answers = said("generate_peer_pj_additional_options", "rtp_timeout = 5", key="201")
    text = written(system, answers)
    block = "\n; ***** BEGIN BY ModuleX\nrtp_timeout = 5\n; ***** END BY ModuleX\n"
    assert text.count(block) == 2
    assert text.endswith(f"rtcp_mux = yes\n{block}; ---\n")


def test_sections_of_modules_come_last() -> None:
    text = written(small(), said("generate_peers_pj", "[x]\ntype = aor"))
    assert text.endswith("\n; ***** BEGIN BY ModuleX\n[x]\ntype = aor\n; ***** END BY ModuleX\n")
