"""What modules answer about the firewall, read with suspicion (reference M3.3, M6.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modules_app.domain.firewall import CORE_KEYS, LAST_PORT, Action, Category, Protocol, Rule
from modules_app.exceptions import gettext_noop as _

_LONGEST = 80
_MOST_RULES = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a part of an answer does not count; ``message`` has placeholders."""

    slug: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)


class _Wrong(Exception):
    """Carries one fault out of the reading of one part."""

    def __init__(self, slug: str, message: str, **context: Any) -> None:
        super().__init__(slug)
        self.fault = Fault(slug, message, context)


def read_categories(
    module_id: str, answer: Any, settings: Mapping[str, str]
) -> tuple[list[Category], list[Fault]]:
    """Return the categories that a module answered, and what of the answer does not count.

    All categories count; MikoPBX takes only the first (M3.3). Names are upper-cased. A port whose
    key names a setting follows that setting.
    """
    if not isinstance(answer, dict):
        wrong = Fault("firewall-no-map", _("The answer is no map of categories."))
        return [], [wrong] if answer else []
    found: dict[str, Category] = {}
    faults: list[Fault] = []
    for name, value in answer.items():
        try:
            category = _category(module_id, str(name), value, settings)
            if category.key in found:
                raise _Wrong(
                    "firewall-category-twice",
                    _("The category “{category}” is there twice."),
                    category=category.key,
                )
            found[category.key] = category
        except _Wrong as wrong:
            faults.append(wrong.fault)
    return list(found.values()), faults


def _category(module_id: str, name: str, value: Any, settings: Mapping[str, str]) -> Category:
    key = name.strip().upper()
    if not key or len(key) > 40 or not key.isprintable():
        raise _Wrong(
            "firewall-category-name",
            _("“{category}” is no name for a category."),
            category=name[:40],
        )
    if key in CORE_KEYS:
        raise _Wrong(
            "firewall-category-core",
            _("The category “{category}” belongs to PBX Admin; choose another name."),
            category=key,
        )
    rules = value.get("rules") if isinstance(value, dict) else None
    if not isinstance(rules, list) or not rules or len(rules) > _MOST_RULES:
        raise _Wrong(
            "firewall-rules-missing",
            _("The category “{category}” has no list of rules, or too long a one."),
            category=key,
        )
    title = _text(value.get("shortName")) or name.strip()
    read = tuple(_unique(_rule(key, rule, settings) for rule in rules))
    return Category(key, title, _action(key, value.get("action", "allow")), read, module_id)


def _unique(rules: Iterator[Rule]) -> Iterator[Rule]:
    """Tell rules apart that share a name: MikoPBX names the TCP and the UDP rule alike."""
    seen: set[str] = set()
    for rule in rules:
        names = (rule.name, f"{rule.name} {rule.protocol}", f"{rule.name} {rule.identity}")
        name = next((name for name in names if name not in seen), None)
        if name is not None:
            seen.add(name)
            yield replace(rule, name=name)


def _rule(category: str, value: Any, settings: Mapping[str, str]) -> Rule:
    if not isinstance(value, dict):
        raise _Wrong(
            "firewall-rule-no-map",
            _("A rule of the category “{category}” is no map."),
            category=category,
        )
    name = _text(value.get("name")) or category
    try:
        protocol = Protocol(str(value.get("protocol", "")).lower())
    except ValueError:
        raise _Wrong(
            "firewall-protocol",
            _("The protocol of the rule “{rule}” is “{protocol}”; known are tcp, udp and icmp."),
            rule=name,
            protocol=_text(value.get("protocol")),
        ) from None
    if protocol is Protocol.ICMP:
        return Rule(name, protocol)
    first_key = _followed(_text(value.get("portFromKey")) or name, settings)
    last_key = _followed(_text(value.get("portToKey")) or name, settings)
    first = _port(name, settings.get(first_key, value.get("portfrom")))
    last = _port(name, settings.get(last_key, value.get("portto", value.get("portfrom"))))
    if first > last:
        raise _Wrong(
            "firewall-ports-backwards",
            _("The ports of the rule “{rule}” run backwards: {first} to {last}."),
            rule=name,
            first=first,
            last=last,
        )
    return Rule(name, protocol, first, last, first_key, last_key)


def _followed(key: str, settings: Mapping[str, str]) -> str:
    """Return the key of a setting that holds a number, "" for every other word."""
    return key if settings.get(key, "").isdigit() else ""


def _port(rule: str, value: Any) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PORT):
        raise _Wrong(
            "firewall-port",
            _("“{port}” in the rule “{rule}” is no port."),
            rule=rule,
            port=text[:_LONGEST],
        )
    return int(text)


def _action(category: str, value: Any) -> Action:
    try:
        return Action(str(value).lower())
    except ValueError:
        raise _Wrong(
            "firewall-action",
            _("The action of the category “{category}” is “{action}”; known are allow and block."),
            category=category,
            action=_text(value),
        ) from None


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST]
