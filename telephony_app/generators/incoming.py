"""Calls that come from a provider (reference M7.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from telephony_app.domain import words
from telephony_app.domain.blocks import Shape
from telephony_app.domain.patterns import did_extension
from telephony_app.domain.snapshot import IncomingRoute, Snapshot
from telephony_app.generators import escaping, pjsip_frame
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.channels import GUARD
from telephony_app.generators.contexts import ANY_PROVIDER, incoming_contexts
from telephony_app.generators.paper import Paper

PRE_SYSTEM = "generate_incoming_rout_before_dial_pre_system"
SYSTEM = "generate_incoming_rout_before_dial_system"
BEFORE = "generate_incoming_rout_before_dial"
AFTER = "generate_incoming_rout_after_dial_context"

SYSTEM_NUMBERS = frozenset({"hangup", "busy", "did2user"})
ANY_NUMBER = "_X!"

_EXTENSION = re.compile(r"_?[0-9A-Za-z*#+.!\[\]-]{1,80}")
_PLACE = re.compile(r"[A-Za-z0-9_.-]+,[A-Za-z0-9_.*#+-]+,[A-Za-z0-9_]+")
END = """\
	same => n,ExecIf($["${M_DIALSTATUS}" = "BUSY" | "${DIALSTATUS}" = "BUSY"]?Busy(2))
	same => n,Hangup()
"""

_FREE = '"${M_DIALSTATUS}" != "ANSWER" & "${M_DIALSTATUS}" != "BUSY"'


def write_incoming(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write one context for each provider or group of providers."""
    for context, extensions in _by_context(snapshot).items():
        if context == ANY_PROVIDER:
            continue
        paper.add(f"[{context}]\n")
        for extension, routes in extensions.items():
            _write_extension(paper, snapshot, answers, context, extension, routes)
        paper.add(GUARD + "\n")


def write_strangers(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write the routes of no provider, and what callers without an account reach."""
    paper.add(f"[{ANY_PROVIDER}]\n")
    for extension, routes in _by_context(snapshot)[ANY_PROVIDER].items():
        _write_extension(paper, snapshot, answers, ANY_PROVIDER, extension, routes)
    paper.add(f"{GUARD}\n[public-direct-dial]\n")
    paper.join(answers.pieces("generate_public_context"), Shape.EXTENSIONS)
    paper.add(f"include => {ANY_PROVIDER}\n\n")


def incoming_questions(snapshot: Snapshot, *, hook: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and arguments of each question to modules about incoming routes."""
    contexts = _by_context(snapshot)
    if hook == AFTER:
        yield from ((context, {"uniqid": context}) for context in contexts)
        return
    numbers = dict.fromkeys(_key(one) for extensions in contexts.values() for one in extensions)
    yield from ((number, {"rout_number": number}) for number in numbers)


def _key(extension: str) -> str:
    """Return by which number modules know an extension (reference M6.2)."""
    return extension.removeprefix("_")


def _by_context(snapshot: Snapshot) -> dict[str, dict[str, list[IncomingRoute]]]:
    """Return the routes by context and extension; each provider's context takes every number.

    Routes of one number are tried one after the other, those of any provider last.
    """
    contexts = incoming_contexts(snapshot)
    found: dict[str, dict[str, list[IncomingRoute]]] = {name: {} for name in contexts.values()}
    found[ANY_PROVIDER] = {}
    for route in sorted(snapshot.incoming, key=lambda one: (one.priority, one.id)):
        if route.is_default or (route.provider and route.provider not in contexts):
            continue
        context = contexts[route.provider] if route.provider else ANY_PROVIDER
        extension = did_extension(route.number)
        if _EXTENSION.fullmatch(extension):
            found[context].setdefault(extension, []).append(route)
    for context in dict.fromkeys(contexts.values()):
        for extension, routes in found[ANY_PROVIDER].items():
            found[context].setdefault(extension, []).extend(routes)
        found[context].setdefault(ANY_NUMBER, [])
    for provider in snapshot.providers:
        _add_login(found[contexts[provider.uniqid]], provider.username)
    return found


def _add_login(extensions: dict[str, list[IncomingRoute]], login: str) -> None:
    """Take the user name, to which some providers send all calls, like every number."""
    if login and not login.isdigit() and _EXTENSION.fullmatch(login) and login[0] != "_":
        extensions.setdefault(login, extensions[ANY_NUMBER])


def _write_extension(  # noqa: PLR0913 - one place of the dialplan
    paper: Paper,
    snapshot: Snapshot,
    answers: HookAnswers,
    context: str,
    extension: str,
    routes: list[IncomingRoute],
) -> None:
    key = _key(extension)
    paper.add(_head(snapshot, extension))
    for hook in (PRE_SYSTEM, SYSTEM, BEFORE):
        paper.join(answers.pieces(hook, key), Shape.STEPS)
    paper.add(
        _custom(f"{context}-cid-did")
        + _custom(f"{context}-custom")
        + "".join(_destination(route) for route in routes)
        + _default(snapshot)
    )
    paper.join(answers.pieces(AFTER, context), Shape.STEPS)
    paper.add(_custom(f"{context}-after-dial-custom") + _no_default(snapshot) + END)


def _head(snapshot: Snapshot, extension: str) -> str:
    return f"""\
exten => {extension},1,NoOp(--- Incoming call ---)
	same => n,Set(CHANNEL(language)={pjsip_frame.language(snapshot)})
	same => n,Set(CHANNEL(hangup_handler_wipe)=hangup_handler,s,1)
	same => n,Set(__FROM_DID=${{EXTEN}})
	same => n,Set(__FROM_CHAN=${{CHANNEL}})
	same => n,Set(__M_CALLID=${{CHANNEL(callid)}})
	same => n,ExecIf($["${{CHANNEL(channeltype)}}" = "Local"]?Set(__FROM_PEER=${{CALLERID(num)}}):Gosub(set_from_peer,s,1))
	same => n,Gosub(add-trim-prefix-clid,${{EXTEN}},1)
	same => n,Set(__TRANSFER_OPTIONS=t)
"""  # noqa: E501 - a line of dialplan cannot be folded


def _custom(context: str) -> str:
    exists = f"${{DIALPLAN_EXISTS({context},${{EXTEN}},1)}}"
    return f"\tsame => n,GosubIf($[{exists}]?{context},${{EXTEN}},1)\n"


def _destination(route: IncomingRoute) -> str:
    """Return the steps that lead to a route's destination while nobody answered."""
    number = escaping.number(route.extension)
    if _PLACE.fullmatch(route.destination):
        return f"\tsame => n,{_goto(route.destination)}\n"
    if not number:
        return ""
    if number in SYSTEM_NUMBERS:
        return f"\tsame => n,ExecIf($[{_FREE}]?Goto(internal,{number},1))\n"
    return (
        f"\tsame => n,Set(M_TIMEOUT={route.timeout})\n"
        f"\tsame => n,ExecIf($[{_FREE}]?Dial(Local/{number}@internal-incoming,{route.timeout},"
        "${TRANSFER_OPTIONS}Kg))\n"
    )


def _goto(place: str) -> str:
    """Return the step into a module's place, which is passed over while the module is not there."""
    return f"ExecIf($[{_FREE} & ${{DIALPLAN_EXISTS({place})}}]?Goto({place}))"


def _default_route(snapshot: Snapshot) -> IncomingRoute | None:
    return next((one for one in snapshot.incoming if one.is_default), None)


def _default(snapshot: Snapshot) -> str:
    """Return what happens to a call that no route took (reference M7.5, MikoPBX row 9999)."""
    route = _default_route(snapshot)
    if route is None or route.action == words.DefaultAction.HANGUP:
        return ""
    if route.action == words.DefaultAction.BUSY:
        return f"\tsame => n,ExecIf($[{_FREE}]?Busy(2)) ; default action\n"
    number = escaping.number(route.extension)
    if _PLACE.fullmatch(route.destination):
        step = _goto(route.destination)
    elif number in SYSTEM_NUMBERS:
        step = f"ExecIf($[{_FREE}]?Goto(internal,{number},1))"
    elif number:
        step = f"ExecIf($[{_FREE}]?Dial(Local/{number}@internal,,${{TRANSFER_OPTIONS}}Kg))"
    else:
        return ""
    return f"\tsame => n,Set(M_TIMEOUT=0)\n\tsame => n,{step} ; default action\n"


def _no_default(snapshot: Snapshot) -> str:
    """Return what a caller hears whom the default route would send to a module that is gone."""
    route = _default_route(snapshot)
    if route is None or route.action != words.DefaultAction.EXTENSION:
        return ""
    if not _PLACE.fullmatch(route.destination):
        return ""
    return f"\tsame => n,ExecIf($[{_FREE}]?Congestion(2))\n"
