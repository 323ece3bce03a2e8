"""What keyed hooks are asked: one question for each route, telephone or provider (reference M6.2).

Whoever knows these records registers a source. So the answers can be stored as rows, and only a
question whose arguments changed is asked again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

Arguments = Mapping[str, Any]
Questions = Mapping[str, Mapping[str, Arguments]]
"""By hook, then by key: the arguments of the hook by name, made of JSON values."""

Source = Callable[[Collection[str]], Questions]
"""Returns the questions of the hooks that it is given, without those that it does not know."""

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let ``source`` be asked whenever questions are wanted; doing it twice does no harm."""
    if source not in _sources:
        _sources.append(source)


def unregister(source: Source) -> None:
    """Forget a source, as tests do."""
    _sources.remove(source)


def current_questions(wanted: Collection[str]) -> dict[str, dict[str, Arguments]]:
    """Return all questions of these hooks as they are now; {} for a hook that nobody asks."""
    found: dict[str, dict[str, Arguments]] = {hook: {} for hook in wanted}
    for source in _sources if found else ():
        for hook, questions in source(wanted).items():
            if hook in found:
                found[hook].update(questions)
    return found


def digest(arguments: Arguments) -> str:
    """Return a short digest of arguments: as long as it stays, the answer counts."""
    text = json.dumps(arguments, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
