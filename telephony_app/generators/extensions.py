"""extensions.conf: all contexts in the order of M7.1, with modules where M6.2 says.

Modules of the FreePBX contract write whole contexts, too: those with a priority below 480, which is
core's there, come before ours, the others behind (reference F9.4).
"""

from __future__ import annotations

from telephony_app.domain.blocks import Shape
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators import channels, escaping
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.contexts import incoming_contexts
from telephony_app.generators.incoming import write_incoming, write_strangers
from telephony_app.generators.internal import (
    APPLICATIONS,
    applications,
    write_internal,
    write_transfer,
)
from telephony_app.generators.outgoing import write_outgoing
from telephony_app.generators.paper import Paper, core

SIP = 540
"""Where providers' contexts stand among those of modules (reference M6.1)."""

FREEPBX_CORE = 480


def extensions(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return the file."""
    paper = Paper("extensions.conf")
    foreign = answers.pieces("get_config")
    paper.add("[globals]\n" + _variables(snapshot))
    paper.join(answers.pieces("extension_globals"), Shape.KEYS)
    # Variables of a module that is gone must go, too; MikoPBX leaves them until a restart.
    paper.add("\n[general]\nclearglobalvars = yes\n\n")
    paper.join([one for one in foreign if one.priority < FREEPBX_CORE], Shape.SECTIONS)
    _write_contexts(paper, snapshot, answers)
    paper.add(channels.SUBROUTINES)
    write_internal(paper, snapshot, answers)
    paper.add(channels.MESSAGES + channels.ORIGINATE + channels.CREATED)
    paper.join(answers.pieces("extension_gen_create_channel_dialplan"), Shape.STEPS)
    paper.add(channels.CREATED_END)
    write_transfer(paper, snapshot, answers)
    write_outgoing(paper, snapshot, answers)
    write_strangers(paper, snapshot, answers)
    paper.join([one for one in foreign if one.priority >= FREEPBX_CORE], Shape.SECTIONS)
    return paper


def _variables(snapshot: Snapshot) -> str:
    contexts = incoming_contexts(snapshot)
    lines = [f"CONTEXT_ID_{escaping.name(uniqid)}={name}\n" for uniqid, name in contexts.items()]
    pickup = escaping.number(snapshot.setting("PBXFeaturePickupExten", "*8"))
    return "".join(["TRANSFER_CONTEXT=internal-transfer\n", *lines, f"PICKUP_EXTEN={pickup}\n"])


def _write_contexts(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write core's and modules' contexts in one order: a module may come before or between ours."""
    pieces = sorted(answers.pieces("extension_gen_contexts"), key=lambda piece: piece.priority)

    def join(low: int, high: int) -> None:
        paper.join([one for one in pieces if low <= one.priority < high], Shape.SECTIONS)

    join(-(10**9), SIP)
    write_incoming(paper, snapshot, answers)
    join(SIP, APPLICATIONS)
    paper.join([core(APPLICATIONS, applications(paper, snapshot))], Shape.SECTIONS)
    join(APPLICATIONS, 10**9)
    paper.add("\n")
