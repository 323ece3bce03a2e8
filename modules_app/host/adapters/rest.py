"""The routes that a module names in its configuration class (M6.4, second generation)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules_app.domain.ids import dashed_form
from modules_app.domain.rest import METHODS, Route, place_of
from modules_app.host.adapters import Adapter, Arguments
from modules_app.sdk.context import ModuleFacts

_NAMES = ("view", "action", "path", "method", "root", "no_auth")
_DEFAULTS: tuple[Any, ...] = (None, "", "", "get", "/", False)


@dataclass(frozen=True, slots=True)
class Named:
    """A route with what answers it: a function, or a class and the name of its method."""

    route: Route
    view: Any
    action: str


def named_routes(facts: ModuleFacts, value: Any) -> list[Named]:
    """Return the routes of an answer: each a list in the seeds' order, or a dict with its names.

    Raises `ValueError` for what is none.
    """
    return [_named(facts, one) for one in value or ()]


def _named(facts: ModuleFacts, said: Any) -> Named:
    if isinstance(said, Mapping):
        view, action, path, method, root, no_auth = (
            said.get(name, default) for name, default in zip(_NAMES, _DEFAULTS, strict=True)
        )
    elif isinstance(said, list | tuple) and 3 <= len(said) <= len(_NAMES):
        view, action, path, method, root, no_auth = [*said, *_DEFAULTS[len(said) :]]
    else:
        raise ValueError(f"{said!r} is no route: [view, action, path, method, root, no_auth]")
    if not callable(view) or (isinstance(view, type) and not callable(getattr(view, action, None))):
        raise ValueError(f"{view!r} has nothing called {action!r} that could answer {path!r}")
    if str(method).upper() not in METHODS:
        raise ValueError(f"{method!r} is none of {', '.join(METHODS)}")
    place = place_of(facts.id, dashed_form(facts.id), str(root), str(path))
    docs = (getattr(getattr(view, action, view), "__doc__", "") or "").strip().split("\n", 1)[0]
    name = f"{getattr(view, '__name__', '')}.{action}".strip(".")
    return Named(Route(str(method).upper(), place, bool(no_auth), name, docs), view, str(action))


def _before(_facts: ModuleFacts, _given: Arguments) -> Sequence[Any]:
    return ()


def _after(facts: ModuleFacts, _arguments: Sequence[Any], value: Any) -> Any:
    """Return the routes as JSON values; what answers stays here."""
    return [
        {
            "method": one.route.method,
            "path": one.route.path,
            "public": one.route.public,
            "action": one.route.action,
            "docs": one.route.docs,
        }
        for one in named_routes(facts, value)
    ]


ROUTES = Adapter(_before, _after)
