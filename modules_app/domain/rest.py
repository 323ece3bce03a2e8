"""REST routes of modules: addresses, which route answers a request, what a module says of itself.

Web and host read the same description and decide alike; web never imports a module (M11.4).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STANDARD = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "get": ("GET", "/{id}"),
    "update": ("PUT", "/{id}"),
    "patch": ("PATCH", "/{id}"),
    "delete": ("DELETE", "/{id}"),
}
"""The usual methods of a resource: HTTP method, and what stands behind its path."""

_MOST_ROUTES = 500
_LONGEST = 500
_PART = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TEMPLATE = re.compile(r"[A-Za-z0-9_.~{}:/-]{0,200}")
_FIELD_KEYS: dict[str, type | tuple[type, ...]] = {
    "type": str,
    "format": str,
    "description": str,
    "pattern": str,
    "maxLength": int,
    "minLength": int,
    "minimum": (int, float),
    "maximum": (int, float),
    "enum": list,
    "default": (str, int, float, bool, list),
    "readOnly": bool,
    "items": dict,
}


@dataclass(frozen=True, slots=True)
class Route:
    """One address below ``/api/m/<id>/`` with one method; ``path`` may hold ``{parts}``.

    ``public`` asks for no login. ``action`` is the name of what answers, ``resource`` whose it is.
    """

    method: str
    path: str
    public: bool = False
    action: str = ""
    docs: str = ""
    resource: str = ""

    def match(self, rest: str) -> dict[str, str] | None:
        """Return the named parts of an address that this route knows, else None."""
        found = _pattern(self.path).fullmatch(rest.strip("/"))
        return found.groupdict() if found else None


@dataclass(frozen=True, slots=True)
class Resource:
    """What a resource says of itself: see `modules_app.sdk.rest`."""

    path: str
    name: str
    docs: str = ""
    id_type: str = "string"
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that a module answers over REST."""

    routes: tuple[Route, ...] = ()
    resources: tuple[Resource, ...] = ()

    @property
    def in_order(self) -> tuple[Route, ...]:
        """Return all routes as they are tried: resources first, then single routes."""
        own = [route for resource in self.resources for route in resource.routes]
        return (*own, *self.routes)

    def find(self, method: str, rest: str) -> Route | None:
        """Return the route that answers, None when no route of the table does."""
        wanted = "GET" if method == "HEAD" else method
        fitting = (route for route in self.in_order if route.match(rest) is not None)
        return next((route for route in fitting if route.method == wanted), None)

    def methods_at(self, rest: str) -> tuple[str, ...]:
        """Return the methods that are known at an address."""
        return tuple(dict.fromkeys(r.method for r in self.in_order if r.match(rest) is not None))


def routes_of_resource(
    path: str,
    *,
    methods: Iterable[str],
    custom: Iterable[Mapping[str, Any]] = (),
    public: Iterable[str] = (),
) -> tuple[Route, ...]:
    """Return a resource's routes as M11.4 tries them: ``{id}:x``, ``:x``, ``{id}``, collection."""
    open_to_all = set(public)
    found: list[Route] = []
    for one in sorted(custom, key=lambda one: bool(one.get("collection"))):
        name = str(one["name"])
        behind = f":{name}" if one.get("collection") else f"/{{id}}:{name}"
        found.append(
            Route(
                str(one["method"]), path + behind, name in open_to_all, name, str(one["docs"]), path
            )
        )
    standard = [(name, *STANDARD[name]) for name in STANDARD if name in set(methods)]
    for name, method, behind in sorted(standard, key=lambda one: not one[2]):
        found.append(Route(method, path + behind, name in open_to_all, name, "", path))
    return tuple(found)


def place_of(module_id: str, dashed: str, root: str, template: str) -> str:
    """Return where a route of the seeds lies below ``/api/m/<id>/``.

    The seeds let a module take any address; here each has its own, so what the seeds' modules
    put in front by convention is taken away.
    """
    whole = f"/{root}/{template}/"
    whole = re.sub(r"/+", "/", whole)
    for start in (
        f"/api/m/{module_id}/",
        f"/pbxcore/api/modules/{module_id}/",
        f"/pbxcore/api/v3/{dashed}/",
        f"/pbxcore/api/{dashed}/",
        "/pbxcore/api/",
        f"/{module_id}/",
    ):
        if whole.casefold().startswith(start.casefold()):
            whole = "/" + whole[len(start) :]
    return whole.strip("/")


def read_description(value: Any) -> Description:
    """Return what a module said, as far as it makes sense; the rest is left out.

    The value comes from module code, so nothing in it is believed.
    """
    if not isinstance(value, dict):
        return Description()
    routes = tuple(filter(None, map(_route, _items(value.get("routes")))))
    resources = tuple(filter(None, map(_resource, _items(value.get("resources")))))
    return Description(routes, resources)


@functools.lru_cache(maxsize=2048)
def _pattern(template: str) -> re.Pattern[str]:
    """Return the pattern of a template; a part is everything up to a slash or a colon."""
    seen: set[str] = set()

    def part(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return "[^/:]+"
        seen.add(name)
        return f"(?P<{name}>[^/:]+)"

    pieces, at = [], 0
    for found in _PART.finditer(template):
        pieces += [re.escape(template[at : found.start()]), part(found)]
        at = found.end()
    return re.compile("".join([*pieces, re.escape(template[at:])]))


def _items(value: Any) -> Sequence[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [one for one in value[:_MOST_ROUTES] if isinstance(one, dict)]


def _route(said: Mapping[str, Any]) -> Route | None:
    method, path = str(said.get("method", "")).upper(), said.get("path")
    if method not in METHODS or not isinstance(path, str) or not _TEMPLATE.fullmatch(path):
        return None
    public = said.get("public") is True
    return Route(method, path, public, _text(said.get("action")), _text(said.get("docs")))


def _resource(said: Mapping[str, Any]) -> Resource | None:
    path = said.get("path")
    if not isinstance(path, str) or not path or not _TEMPLATE.fullmatch(path) or "{" in path:
        return None
    fields = _fields(said.get("fields"))
    custom = [
        {**one, "docs": _text(one.get("docs"))}
        for one in _items(said.get("custom"))
        if str(one.get("method")) in METHODS and str(one.get("name", "")).isidentifier()
    ]
    return Resource(
        path=path,
        name=_text(said.get("name")) or path,
        docs=_text(said.get("docs")),
        id_type="integer" if said.get("id_type") == "integer" else "string",
        fields=fields,
        required=tuple(name for name in _texts(said.get("required")) if name in fields),
        routes=routes_of_resource(
            path,
            methods=_texts(said.get("methods")),
            custom=custom,
            public=_texts(said.get("public")),
        ),
    )


def _fields(said: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(said, dict):
        return {}
    named = [(name, facts) for name, facts in said.items() if isinstance(facts, dict)]
    return {name: _field(facts) for name, facts in named[:_MOST_ROUTES] if len(name) <= 64}


def _field(said: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: said[key] for key, kind in _FIELD_KEYS.items() if isinstance(said.get(key), kind)}
    if "items" in found:
        found["items"] = {"type": _text(found["items"].get("type")) or "string"}
    return {key: _text(value) if isinstance(value, str) else value for key, value in found.items()}


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
