"""Forms of the firewall and of fail2ban."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from modules_app.domain.firewall import Action, Category, Firewall, Network, Rule
from modules_app.models import Fail2BanSettings
from modules_app.services.fail2ban import LONGEST, Fail2BanValues
from modules_app.services.firewall import NetworkValues

_LINES = {"rows": 3, "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}


class LinesField(forms.CharField):
    """A text with one entry on each line; its value is the list of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs=_LINES), max_length=20_000, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the entries; commas and blanks separate as well."""
        text = super().to_python(value) or ""
        return text.replace(",", " ").split()

    def validate(self, value: Any) -> None:
        """A required list holds at least one entry."""
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Length was checked as text; what an entry may be is asked by the service."""

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The boxes of one category."""

    category: Category
    fields: list[forms.BoundField]


class NetworkForm(forms.Form):
    """One network, and which rules it may use; a box that is ticked allows the rule."""

    title = forms.CharField(label=_("Name of the network"), max_length=120)
    permit = LinesField(
        label=_("Addresses"),
        help_text=_("One on each line: 192.168.1.0/24, 203.0.113.7, 2001:db8::/32."),
    )
    deny = LinesField(
        label=_("Except"), required=False, help_text=_("Smaller parts of them that do not count.")
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        initial=100,
        min_value=0,
        max_value=100_000,
        help_text=_("Lower numbers come first; networks that hold everybody come last anyway."),
    )
    is_local = forms.BooleanField(label=_("A local network, not the Internet"), required=False)
    never_block = forms.BooleanField(label=_("fail2ban never bans it"), required=False)

    def __init__(
        self, *args: Any, firewall: Firewall, network: Network | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._firewall = firewall
        for category, rule in _rules(firewall):
            action = firewall.action(network, category, rule) if network else category.action
            words = (
                f"{rule.name} ({' '.join(part for part in (rule.protocol, rule.ports) if part)})"
            )
            self.fields[_name(category, rule)] = forms.BooleanField(
                label=words, required=False, initial=action is Action.ALLOW
            )

    def about(self) -> list[forms.BoundField]:
        """Return the fields about the network itself."""
        return [self[name] for name in self.base_fields]

    def groups(self) -> list[RuleGroup]:
        """Return the boxes by category."""
        return [
            RuleGroup(one, [self[_name(one, rule)] for rule in one.rules])
            for one in self._firewall.categories
        ]

    def values(self) -> NetworkValues:
        """Return what the form says about the network."""
        return NetworkValues(**{name: self.cleaned_data[name] for name in self.base_fields})

    def actions(self) -> dict[tuple[str, str, str], Action]:
        """Return the decision about each rule that was offered."""
        return {
            (category.module_id, category.key, rule.name): (
                Action.ALLOW if self.cleaned_data[_name(category, rule)] else Action.BLOCK
            )
            for category, rule in _rules(self._firewall)
        }


class Fail2BanForm(forms.Form):
    """When an address is banned, for how long, and which never is."""

    is_on = forms.BooleanField(label=_("Ban addresses that attack"), required=False)
    max_retry = forms.IntegerField(label=_("Attempts"), min_value=1, max_value=100_000)
    find_time = forms.IntegerField(label=_("Within seconds"), min_value=1, max_value=LONGEST)
    ban_time = forms.IntegerField(label=_("Banned for seconds"), min_value=1, max_value=LONGEST)
    white_list = LinesField(
        label=_("Never banned"),
        required=False,
        help_text=_("Addresses and networks, one on each line."),
    )

    @classmethod
    def of(cls, row: Fail2BanSettings, *, is_on: bool) -> Fail2BanForm:
        """Return the form with what is stored."""
        names = ("max_retry", "find_time", "ban_time", "white_list")
        return cls(initial={"is_on": is_on} | {name: getattr(row, name) for name in names})

    def values(self) -> Fail2BanValues:
        """Return what the form says."""
        return Fail2BanValues(**self.cleaned_data)


def title_of(category: Category) -> str:
    """Return the words for a category: ours are translated, a module's are its own."""
    return category.title if category.module_id else gettext(category.title)


def _rules(firewall: Firewall) -> Iterator[tuple[Category, Rule]]:
    for category in firewall.categories:
        for rule in category.rules:
            yield category, rule


def _name(category: Category, rule: Rule) -> str:
    """Return a name for the box that stays the same when modules come and go."""
    text = "\0".join((category.module_id, category.key, rule.name))
    return f"rule-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
