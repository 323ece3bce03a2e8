"""What an operation does to what runs, say to calls: lines of plans that others know best.

An application registers a provider when it starts; this one imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from modules_app.domain.states import Verb

Sentence = dict[str, Any]
"""``{"text", "context"}``, unfilled, as the lines of a plan are."""

Provider = Callable[[Verb, str, Collection[str]], Sequence[Sentence]]
"""Gets the verb, the id of the module, and the hooks of a package that is not here yet."""

_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Ask ``provider`` for every plan from now on."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def impact_of(verb: Verb, module_id: str, hooks: Collection[str] = ()) -> list[Sentence]:
    """Return what the operation means for what runs; nothing where it means nothing."""
    return [line for provider in _PROVIDERS for line in provider(verb, module_id, hooks)]
