"""Every address of web, read from the URLconf, and records for what the addresses name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver

from modules_app.models import ApiToken, PbxSetting
from modules_app.permissions import Actor
from modules_app.services.api_keys import create_key
from tests.pages import kept_data, menu_item, module, operation, person, upload
from tests.telephony.records import telephone_records

MODULE, KEPT = "ModuleBlackList", "ModuleGone"
PROXIED = ("module_proxy", "popover", "module_api", "module_api_v1")
CATCH_ALL = ("unknown", "api-root")
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_LABELS = re.compile(r"\(\?P<app_label>[^)]*\)")
"""Django lists its applications there, in the order of their imports."""
_EXPRESSIONS = {"<app_label>": "/admin/modules_app/", "(?P<url>": "/admin/nowhere/"}


@dataclass(frozen=True, order=True)
class Address:
    """One pattern of the URLconf, its name, and a path that it matches."""

    pattern: str
    name: str
    path: str

    @property
    def is_admin(self) -> bool:
        return self.pattern.startswith("admin/")

    @property
    def is_nowhere(self) -> bool:
        """Tell whether it stands for every address that REST does not know."""
        return self.name in CATCH_ALL

    @property
    def is_proxied(self) -> bool:
        """Tell whether a module answers there, or would if the host ran."""
        return self.name in PROXIED


def make_addresses() -> list[Address]:
    """Make one record of each kind and return every address of web with a path to them."""
    values, objects = _records()
    return sorted(
        Address(pattern, name, _path(pattern, values, objects))
        for pattern, name in _patterns(get_resolver("pbxadmin.urls").url_patterns)
    )


def _patterns(given: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for one in given:
        text = before + str(one.pattern).replace("^", "").removesuffix("$")
        text = _LABELS.sub("<app_label>", text)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, text)
        elif isinstance(one, URLPattern):
            yield text, one.name or ""


def _records() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return values by the name of a part or its kind, and keys by model."""
    shown = module(MODULE, wanted="on", generation="1-" + "a" * 8)
    ran, waiting = operation(MODULE), upload("ModuleNew")
    waiting.file = f"{waiting.pk}.part"
    waiting.save()
    somebody, group = person(name="somebody"), Group.objects.create(name="group")
    values = {
        "dashed": "module-black-list",
        "digest": "a" * 12,
        "code": "wrong",
        "id": somebody.pk,
        "content_type_id": ContentType.objects.get_for_model(Group).pk,
        "uuid": waiting.pk,
        "uuidstr": waiting.pk,
        "int": ran.pk,
        "key_id": _key().pk,
        "str": MODULE,
        "path": "page/",
    }
    objects = {
        "auth/user": somebody.pk,
        "auth/group": group.pk,
        "modules_app/module": MODULE,
        "modules_app/menuitem": menu_item(shown).pk,
        "modules_app/pbxsetting": PbxSetting.objects.create(key="AKey").pk,
        "modules_app/operation": ran.pk,
        "modules_app/upload": waiting.pk,
        "modules_app/keptdata": kept_data(KEPT).pk,
        **telephone_records(),
    }
    return values, objects


def _key() -> ApiToken:
    asked = {"owner": None, "name": "somebody's", "scopes": ["view"]}
    return create_key(actor=Actor.system(), **asked).token


def _path(pattern: str, values: dict[str, Any], objects: dict[str, Any]) -> str:
    for start, path in _EXPRESSIONS.items():
        if start in pattern:
            return path
    model = "/".join(pattern.split("/")[1:3])

    def value(part: re.Match[str]) -> str:
        kind, name = part.groups()
        if name == "object_id":
            return str(objects.get(model, 999_999))
        if pattern.startswith("kept/") and name == "module_id":
            return KEPT
        if name == "record_id":
            return str(objects.get(pattern.partition("/")[0], 999_999))
        return str(values[name] if name in values else values[kind])

    return "/" + _PART.sub(value, pattern)
