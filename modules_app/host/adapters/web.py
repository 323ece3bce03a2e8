"""Hooks of the pages: rights, assets, fields, blocks, signing in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from modules_app.host.adapters import Adapter, Arguments
from modules_app.sdk.assets import Assets
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.form_fields import FormFields
from modules_app.sdk.rights import Acl

LONGEST_BLOCK = 64 * 1024
"""Characters of HTML that one block may have."""


def _acl(facts: ModuleFacts, _given: Arguments) -> Sequence[Any]:
    return (Acl(facts),)


def _rights(_facts: ModuleFacts, arguments: Sequence[Any], _value: Any) -> Any:
    return arguments[0].rights


RIGHTS = Adapter(_acl, _rights)


def _assets(facts: ModuleFacts, _given: Arguments) -> Sequence[Any]:
    return (Assets(facts),)


def _added(_facts: ModuleFacts, arguments: Sequence[Any], _value: Any) -> Any:
    return arguments[0].added


ASSETS = Adapter(_assets, _added)


def _form(_facts: ModuleFacts, given: Arguments) -> Sequence[Any]:
    return FormFields(str(given["form"])), given.get("entity") or {}, given.get("options") or {}


def _fields(_facts: ModuleFacts, arguments: Sequence[Any], _value: Any) -> Any:
    return arguments[0].fields


FORM = Adapter(_form, _fields)


def _permissions(_facts: ModuleFacts, given: Arguments) -> Sequence[Any]:
    return str(given["controller"]), dict(given["permissions"])


def _changed(_facts: ModuleFacts, arguments: Sequence[Any], value: Any) -> Any:
    return arguments[1] if value is None else value


PERMISSIONS = Adapter(_permissions, _changed)


def _place(_facts: ModuleFacts, given: Arguments) -> Sequence[Any]:
    view = _View(given.get("view") or {})
    view.request = given.get("request")
    return str(given["controller"]), str(given["block"]), view


class _View(dict[str, Any]):
    """The facts of the page, and the request of who reads it; None while nobody does."""

    request: HttpRequest | None = None


def _drawn(facts: ModuleFacts, arguments: Sequence[Any], value: Any) -> Any:
    """Return the block's HTML, or only the template's name while nobody reads it."""
    view = arguments[2]
    if not value or view.request is None:
        return value or ""
    title = facts.title(translation.get_language() or "en")
    name = value if value.endswith(".html") else f"{value}.html"
    html = render_to_string(name, {"view": view, "module": facts, "title": title}, view.request)
    if len(html) > LONGEST_BLOCK:
        raise ValueError(f"The block has {len(html)} characters; at most {LONGEST_BLOCK} fit.")
    return html


BLOCK = Adapter(_place, _drawn)


def _typed(_facts: ModuleFacts, given: Arguments) -> Sequence[Any]:
    return str(given["login"]), str(given["password"])


def _said(_facts: ModuleFacts, _arguments: Sequence[Any], value: Any) -> Any:
    return value or {}


AUTHENTICATE = Adapter(_typed, _said, secrets=("password",))
