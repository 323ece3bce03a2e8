"""The REST reference as a page of ours: no script, nothing from other hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from modules_app.api.core import document
from modules_app.views.http import PageRequest, methods, page

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Entry:
    """One address with one method."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[str, ...]
    public: bool


@methods("GET")
@page()
def reference(request: PageRequest) -> HttpResponse:
    """List every address of the core and of the modules in use."""
    return render(request, "pages/api.html", {"groups": _groups(document())})


def _groups(whole: dict[str, Any]) -> list[tuple[str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for path, known in whole["paths"].items():
        for method in _METHODS:
            if method in known:
                said = known[method]
                groups.setdefault(said["tags"][0], []).append(_entry(path, method, said))
    return list(groups.items())


def _entry(path: str, method: str, said: dict[str, Any]) -> Entry:
    names = [one["name"] for one in said.get("parameters", ()) if one.get("in") == "query"]
    return Entry(
        method=method.upper(),
        path=path,
        summary=str(said.get("summary", "")),
        description=str(said.get("description", "")),
        parameters=tuple(names),
        public=said.get("security") == [],
    )
