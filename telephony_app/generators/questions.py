"""What modules are asked about each phone, provider and route (reference M6.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from modules_app.hooks.questions import Changes
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators import incoming, outgoing, pjsip_phones, pjsip_providers

Asked = Iterator[tuple[str, dict[str, Any]]]


def questions(
    snapshot: Snapshot, wanted: Collection[str]
) -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """Return the arguments of each question, by hook and key; ``wanted`` names the hooks.

    Only hooks with arguments have questions. Keys are as `HookAnswers` takes them.
    """
    return {hook: dict(found) for hook in wanted if (found := _asked(snapshot, hook)) is not None}


def changes(now: Snapshot, before: Snapshot, wanted: Collection[str]) -> Changes | None:
    """Return how the questions differ; None when anything but phones changed.

    Only phones are many, and what is asked about one depends on no other.
    """
    if replace(now, phones=()) != replace(before, phones=()):
        return None
    hooks = {pjsip_phones.OVERRIDE, pjsip_phones.ADDITIONAL}.intersection(wanted)
    known, present = set(before.phones), {phone.number for phone in now.phones}
    changed = tuple(phone for phone in now.phones if phone not in known)
    gone = tuple(phone for phone in before.phones if phone.number not in present)
    keys = questions(replace(before, phones=gone), hooks)
    return Changes(questions(replace(now, phones=changed), hooks), keys)


def _asked(snapshot: Snapshot, hook: str) -> Asked | None:
    if hook in (pjsip_phones.OVERRIDE, pjsip_phones.ADDITIONAL):
        return pjsip_phones.phone_questions(snapshot, hook=hook)
    if hook == pjsip_providers.OVERRIDE:
        return pjsip_providers.provider_questions(snapshot)
    if hook in (outgoing.BEFORE, outgoing.AFTER):
        return outgoing.outgoing_questions(snapshot)
    if hook in (incoming.PRE_SYSTEM, incoming.SYSTEM, incoming.BEFORE, incoming.AFTER):
        return incoming.incoming_questions(snapshot, hook=hook)
    return None
