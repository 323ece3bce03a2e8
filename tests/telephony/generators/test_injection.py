"""Whatever a field holds, it is no line and no section of a file, and nothing is worked out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from modules_app.surfaces.base import Rendering
from telephony_app.domain.reader import check
from telephony_app.domain.snapshot import (
    Account,
    Application,
    AriUser,
    IncomingRoute,
    Manager,
    OutgoingRoute,
    Paths,
    Phone,
    Provider,
    Snapshot,
)
from telephony_app.generators.answers import no_answers
from telephony_app.generators.questions import questions
from telephony_app.generators.rendering import render
from tests.telephony.generators.systems import small

HOSTILE = st.one_of(
    st.text(max_size=12),
    st.text(alphabet='\n\r\0;-[](){}<>$"\\#!=, \x1b', max_size=16),
    st.sampled_from(
        ["x\n[evil]\ntype = endpoint", "x ;-- y", "--;", "#include x", "${SHELL(id)}", "](!)", "\\"]
    ),
)
REGISTRATIONS = st.sampled_from(["outbound", "inbound", "none"])


def headers(drawn: Rendering) -> list[str]:
    """Return the sections of all files."""
    texts = "".join(drawn.texts.values())
    return [line for line in texts.split("\n") if line.lstrip().startswith("[")]


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, min_size=6, max_size=6))
def test_texts_of_phones_and_programs_make_no_lines(texts: list[str]) -> None:
    def system(words: list[str]) -> Snapshot:
        name, secret, mobile, realm, password, path = words
        return replace(
            small(SIPRealm=realm, PBXLanguage=name, PBXFeaturePickupExten="*8", UseWebRTC="1"),
            phones=(
                Phone("201", name, secret, mobile="5", forwarding=mobile, webrtc=True),
                Phone("202", name, secret, ring_length=3),
            ),
            managers=(Manager("crm", password, event_filter=name or "x"),),
            ari_users=(AriUser("robot", password),),
            accounts=(Account("pbxadmin", secret),),
            paths=Paths(path or "/c", "/k"),
        )

    drawn = render(system(texts), no_answers())
    assert check(drawn.texts) == []
    assert headers(drawn) == headers(render(system(["x"] * 6), no_answers()))


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, min_size=8, max_size=8), REGISTRATIONS)
def test_texts_of_providers_make_no_lines(texts: list[str], registration: str) -> None:
    description, host, user, secret, proxy, domain, more, sender = texts
    provider = Provider(
        "U",
        description,
        registration,
        host,
        username=f"u{user}",
        secret=secret,
        outbound_proxy=proxy,
        from_user=sender,
        from_domain=domain,
        additional_hosts=(more,),
    )
    drawn = render(replace(small(), providers=(provider,)), no_answers())
    slugs = {fault.slug for fault in check(drawn.texts)}
    assert slugs <= {"section-twice"}  # a user name can be that of a section of ours
    usual = replace(small(), providers=(provider._replace(username="u"),))
    assert len(headers(drawn)) == len(headers(render(usual, no_answers())))


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, min_size=5, max_size=5))
def test_texts_of_routes_and_applications_make_no_lines(texts: list[str]) -> None:
    number, begins, prepend, place, hint = texts
    system = replace(
        small(),
        incoming=(
            IncomingRoute(1, 1, "U", number, "201"),
            IncomingRoute(2, 2, "", "", number),
            IncomingRoute(3, 3, "U", "", destination=place),
            IncomingRoute(4, 4, is_default=True, extension=number),
        ),
        outgoing=(OutgoingRoute(5, "r", "U", 1, begins, 2, 1, prepend),),
        applications=(Application("77", "x", "plaintext", begins, f"Custom:{hint}"),),
    )
    drawn = render(system, no_answers())
    assert check(drawn.texts) == []
    assert "${SHELL" not in "".join(drawn.texts.values())


@settings(deadline=None)
@given(st.lists(HOSTILE, min_size=2, max_size=2))
def test_questions_can_be_asked_whatever_is_written(texts: list[str]) -> None:
    phones = (Phone("201", *texts),)
    found = questions(replace(small(), phones=phones), ["override_pjsip_options"])
    assert set(found["override_pjsip_options"]) == {"201/auth", "201/aor", "201/endpoint"}
