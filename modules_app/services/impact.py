"""What operations do to what runs, say to calls: lines of plans that others know best.

An application registers a provider when it starts; this one imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from modules_app.domain.states import Verb

Sentence = dict[str, Any]
"""``{"text", "context"}``, unfilled, as the lines of a plan are."""

Step = tuple[Verb, str, Collection[str]]
"""The verb, the id of the module, and the hooks of a package that is not here yet."""

Provider = Callable[[Sequence[Step]], Sequence[Sentence]]
"""Gets all steps of a plan; it also says when none of them does anything."""

_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Ask ``provider`` for every plan from now on."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def impact_of(steps: Iterable[Step]) -> list[Sentence]:
    """Return what a plan means for what runs."""
    steps = list(steps)
    return [line for provider in _PROVIDERS for line in provider(steps)]
