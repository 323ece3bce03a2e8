"""What an operation does to what runs, say to calls: lines of plans that others know best.

An application registers a provider when it starts; this one imports none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from modules_app.domain.states import Verb

Sentence = dict[str, Any]
"""``{"text", "context"}``, unfilled, as the lines of a plan are."""

Step = tuple[Verb, str, Collection[str]]
"""The verb, the id of the module, and the hooks of a package that is not here yet."""


class Provider(Protocol):
    """Knows what operations do to one kind of things that run."""

    def lines(self, verb: Verb, module_id: str, hooks: Collection[str]) -> Sequence[Sentence]:
        """Return what a step does, nothing where it does nothing."""
        ...

    def unaffected(self) -> Sentence:
        """Return what is said where no step of a plan does anything."""
        ...


_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Ask ``provider`` for every plan from now on."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def impact_of(steps: Iterable[Step]) -> list[Sentence]:
    """Return what a plan means for what runs, each sentence once; it is never silent."""
    steps = list(steps)
    found: dict[str, Sentence] = {}
    for provider in _PROVIDERS:
        lines = [line for step in steps for line in provider.lines(*step)]
        for line in lines or [provider.unaffected()]:
            found.setdefault(line["text"], line)
    return list(found.values())
