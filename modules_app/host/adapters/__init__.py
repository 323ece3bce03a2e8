"""How the JSON of an internal call becomes a hook's arguments, and its answer becomes JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules_app.hooks.spec import HookKind, HookSpec
from modules_app.sdk.context import ModuleFacts

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Adapter:
    """``before`` makes the hook's arguments, ``after`` gets them and what it returned.

    ``secrets`` names what must not stand in an error that somebody will read.
    """

    before: Callable[[ModuleFacts, Arguments], Sequence[Any]]
    after: Callable[[ModuleFacts, Sequence[Any], Any], Any]
    secrets: tuple[str, ...] = ()

    def conceal(self, text: str, given: Arguments) -> str:
        """Return ``text`` without the secrets of this call."""
        for name in self.secrets:
            if secret := str(given.get(name) or ""):
                text = text.replace(secret, "…").replace(repr(secret)[1:-1], "…")
        return text


def plain(spec: HookSpec) -> Adapter:
    """Return how it is done where JSON is good enough: arguments by name, the answer as it is.

    A hook that changes its argument answers with that argument, or with what it returned.
    """

    def before(_facts: ModuleFacts, given: Arguments) -> Sequence[Any]:
        return tuple(given.get(argument.name) for argument in spec.arguments)

    def after(_facts: ModuleFacts, arguments: Sequence[Any], value: Any) -> Any:
        if spec.kind is HookKind.MUTATE and value is None and arguments:
            return arguments[0]
        return value

    return Adapter(before, after)
