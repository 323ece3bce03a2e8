"""What keyed hooks are asked: one question for each route, telephone or provider (reference M6.2).

Whoever knows these records registers a source. So the answers can be stored as rows, and only a
question whose arguments changed is asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

Arguments = Mapping[str, Any]
Questions = Mapping[str, Mapping[str, Arguments]]
"""By hook, then by key: the arguments of the hook by name, made of JSON values."""


@dataclass(frozen=True)
class Source:
    """Whoever knows records that modules are asked about.

    ``read`` returns the records as they are now; while they are equal, so are the questions.
    ``ask`` returns the questions about them of the hooks that it is given, without those that it
    does not know.
    """

    read: Callable[[], object]
    ask: Callable[[Any, Collection[str]], Questions]


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
        for hook, questions in source.ask(read, wanted).items():
            if hook in found:
                found[hook].update(questions)
    return found


def digest(arguments: Arguments) -> str:
    """Return a short digest of arguments: as long as it stays, the answer counts."""
    text = repr(sorted(arguments.items()))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
