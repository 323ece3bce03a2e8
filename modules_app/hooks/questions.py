"""What keyed hooks are asked: one question for each route, telephone or provider (reference M6.2).

Whoever knows these records registers a source. So the answers can be stored as rows, and only a
question whose arguments changed is asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Arguments = Mapping[str, Any]
Questions = Mapping[str, Mapping[str, Arguments]]
"""By hook, then by key: the arguments of the hook by name, made of JSON values."""


@dataclass(frozen=True)
class Changes:
    """How questions differ from those about earlier records.

    ``questions`` holds at least those that are new or have other arguments, ``gone`` the keys that
    nobody is asked about any more, by hook.
    """

    questions: Questions = field(default_factory=dict)
    gone: Mapping[str, Collection[str]] = field(default_factory=dict)


def _cannot_tell(_now: Any, _before: Any, _wanted: Collection[str]) -> Changes | None:
    return None


@dataclass(frozen=True)
class Source:
    """Whoever knows records that modules are asked about.

    ``read`` returns the records as they are now; while they are equal, so are the questions.
    ``ask`` returns the questions about them of the hooks that it is given, without those that it
    does not know. ``changes`` returns how they differ between two states of the records, or None
    when making all of them anew is as good.
    """

    read: Callable[[], object]
    ask: Callable[[Any, Collection[str]], Questions]
    changes: Callable[[Any, Any, Collection[str]], Changes | None] = _cannot_tell


_sources: list[Source] = []


def register(source: Source) -> None:
    """Let ``source`` be asked whenever questions are wanted; doing it twice does no harm."""
    if source not in _sources:
        _sources.append(source)


def unregister(source: Source) -> None:
    """Forget a source, as tests do."""
    _sources.remove(source)


def read_records() -> list[object]:
    """Return what the questions are made of now, to be compared with what it was before."""
    return [source.read() for source in _sources]


def questions_about(
    records: Collection[object], wanted: Collection[str]
) -> dict[str, dict[str, Arguments]]:
    """Return all questions of these hooks about `read_records`; {} for a hook that nobody asks."""
    found: dict[str, dict[str, Arguments]] = {hook: {} for hook in wanted}
    for source, read in zip(_sources, records, strict=True) if found else ():
        _add(found, source.ask(read, wanted))
    return found


def changed_questions(
    now: Sequence[object], before: Sequence[object], wanted: Collection[str]
) -> Changes | None:
    """Return how the questions about two results of `read_records` differ; None for unknown."""
    if len(now) != len(before):
        return None
    found: dict[str, dict[str, Arguments]] = {hook: {} for hook in wanted}
    gone: dict[str, set[str]] = {hook: set() for hook in wanted}
    for source, new, old in zip(_sources, now, before, strict=True):
        changes = Changes() if new == old else source.changes(new, old, wanted)
        if changes is None:
            return None
        _add(found, changes.questions)
        for hook, keys in changes.gone.items():
            gone[hook].update(keys)
    return Changes(found, gone)


def _add(found: dict[str, dict[str, Arguments]], questions: Questions) -> None:
    for hook, some in questions.items():
        if hook in found:
            found[hook].update(some)


def digest(arguments: Arguments) -> str:
    """Return a short digest of arguments: as long as it stays, the answer counts."""
    text = repr(sorted(arguments.items()))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
