"""Calls that leave by a provider (reference M7.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from telephony_app.domain.blocks import Shape
from telephony_app.domain.faults import Wrong
from telephony_app.domain.patterns import number_expression
from telephony_app.domain.snapshot import OutgoingRoute, Provider, Snapshot
from telephony_app.generators import escaping
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.channels import ANY, GUARD
from telephony_app.generators.contexts import outgoing_context
from telephony_app.generators.paper import Paper

BEFORE, AFTER = "generate_out_rout_context", "generate_out_rout_after_dial_context"

START = f"""\
[outgoing]
exten => _+.,1,Goto(outgoing,${{EXTEN:1}},1)
exten => {ANY},1,Ringing()
	same => n,Set(src_number=${{CALLERID(num)}})
	same => n,GosubIf($[${{DIALPLAN_EXISTS(outgoing-custom,${{EXTEN}},1)}}]?outgoing-custom,${{EXTEN}},1)
"""  # noqa: E501 - a line of dialplan cannot be folded
END = f"""\
	same => n,ExecIf($["${{peer_mobile}}" != ""]?Hangup())
	same => n,Playback(silence/2,noanswer)
	same => n,ExecIf($["${{ROUTFOUND}}" = "1"]?Playback(followme/sorry,noanswer):Playback(cannot-complete-as-dialed,noanswer))
	same => n,Hangup()
{GUARD}
"""  # noqa: E501 - a line of dialplan cannot be folded


def write_outgoing(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write the choice among the routes, and one context for each."""
    routes = list(_readable(paper, snapshot))
    paper.add(START)
    for route, _provider, expression in routes:
        context = outgoing_context(route.provider, route.id)
        paper.add(
            f'\tsame => n,GosubIf($["${{REGEX("{expression}" ${{EXTEN}})}}" = "1"]?'
            f"{context},${{EXTEN}},1)\n"
        )
    paper.add(END)
    for route, provider, _expression in routes:
        _write_route(paper, route, provider, answers)


def outgoing_questions(snapshot: Snapshot) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and arguments of each question to modules about outgoing routes."""
    for route in snapshot.outgoing:
        if provider := snapshot.providers_by_id.get(route.provider):
            yield str(route.id), {"rout": rout(route, provider)}


def rout(route: OutgoingRoute, provider: Provider) -> dict[str, Any]:
    """Return what a module is told of a route, in the words of MikoPBX."""
    return {
        "id": str(route.id),
        "rulename": route.name,
        "providerid": route.provider,
        "priority": str(route.priority),
        "numberbeginswith": route.number_begins_with,
        "restnumbers": str(route.rest_numbers),
        "trimfrombegin": str(route.trim_from_begin),
        "prepend": route.prepend,
        "note": route.note,
        "technology": "PJSIP",
        "endpoint_name": provider.endpoint,
    }


def _readable(paper: Paper, snapshot: Snapshot) -> Iterator[tuple[OutgoingRoute, Provider, str]]:
    """Yield the routes by priority, each with its provider and its expression."""
    for route in sorted(snapshot.outgoing, key=lambda one: (one.priority, one.id)):
        provider = snapshot.providers_by_id.get(route.provider)
        if provider is None:
            continue
        try:
            yield route, provider, number_expression(route.number_begins_with, route.rest_numbers)
        except Wrong as error:
            context = {**error.context, "route": route.name}
            paper.complain("", "route-unreadable", error.message, **context)


def _write_route(
    paper: Paper, route: OutgoingRoute, provider: Provider, answers: HookAnswers
) -> None:
    name, endpoint = escaping.name(route.provider), escaping.name(provider.endpoint)
    prepend = escaping.number(route.prepend)
    trimmed = f"${{EXTEN:{max(route.trim_from_begin, 0)}}}"
    own = f"{name}-outgoing"
    paper.add(f"""\
[{outgoing_context(route.provider, route.id)}]
exten => {ANY},1,Set(number=${{FILTER(*#+0-9,{prepend}{trimmed})}})
	same => n,ExecIf($["${{number}}" = ""]?Hangup())
	same => n,Set(ROUTFOUND=1)
	same => n,Set(_PROVIDER_ID={name})
	same => n,Set(DIAL_COMMAND=PJSIP/${{number}}@{endpoint})
	same => n,Set(DIAL_TIMOUT=600)
	same => n,ExecIf($["${{DEF_DIAL_COMMAND}}" != ""]?Set(DIAL_COMMAND=${{DEF_DIAL_COMMAND}}))
	same => n,GosubIf($[${{DIALPLAN_EXISTS(all-outgoing-custom,${{EXTEN}},1)}}]?all-outgoing-custom,${{EXTEN}},1)
	same => n,GosubIf($[${{DIALPLAN_EXISTS({own}-custom,${{EXTEN}},1)}}]?{own}-custom,${{EXTEN}},1)
	same => n,ExecIf($["${{NEED_RETURN}}" = "1"]?Return())
""")  # noqa: E501 - a line of dialplan cannot be folded
    paper.join(answers.pieces(BEFORE, str(route.id)), Shape.STEPS)
    paper.add(
        "\tsame => n,Dial(${DIAL_COMMAND},${DIAL_TIMOUT},"
        "${DOPTIONS}TKU(set-answer-state)b(dial_create_chan,s,1))\n"
    )
    paper.join(answers.pieces(AFTER, str(route.id)), Shape.STEPS)
    paper.add(f"""\
	same => n,GosubIf($[${{DIALPLAN_EXISTS({own}-after-dial-custom,${{EXTEN}},1)}}]?{own}-after-dial-custom,${{EXTEN}},1)
	same => n,ExecIf($["${{ISTRANSFER}}" != ""]?Hangup())
	same => n,ExecIf($["${{DIALSTATUS}}" = "ANSWER"]?Hangup())
	same => n,ExecIf($["${{DIALSTATUS}}" = "BUSY"]?Busy(2))
	same => n,Return()
{GUARD}
""")  # noqa: E501 - a line of dialplan cannot be folded
