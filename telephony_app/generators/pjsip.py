"""pjsip.conf: transports, templates, guests, providers, phones, modules (reference M7.3)."""

from __future__ import annotations

from telephony_app.domain.blocks import Shape
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators import pjsip_frame
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.options import option_lines
from telephony_app.generators.paper import Paper
from telephony_app.generators.pjsip_phones import write_phones
from telephony_app.generators.pjsip_providers import write_providers


def pjsip(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return the file."""
    paper = Paper("pjsip.conf")
    paper.add(pjsip_frame.frame(snapshot))
    if snapshot.is_on("PBXAllowGuestCalls"):
        guests = pjsip_frame.allowed(snapshot) | {"timers": "no", "context": "public-direct-dial"}
        paper.add(f"[anonymous]\ntype = endpoint\n{option_lines(guests.items())}\n")
    write_providers(paper, snapshot, answers)
    write_phones(paper, snapshot, answers)
    paper.join(answers.pieces("generate_peers_pj"), Shape.SECTIONS)
    return paper
