"""The form of the first run: name and password of the first administrator (reference R6.5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

_RULES = _("At least 12 characters, not only digits, nothing that is on common lists.")


def _password_field(
    label: Any, *, kind: str = "new-password", help_text: Any = ""
) -> forms.CharField:
    """Return a field for a password; ``kind`` tells the browser's password manager which one."""
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, strip=False, help_text=help_text, widget=widget)


class FirstUserForm(forms.Form):
    """Name, password, and the password once more; checked by the password rules of settings."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = _password_field(_("Password"), help_text=_RULES)
    repeated = _password_field(_("Password, once more"))

    def clean(self) -> dict[str, Any]:
        """Check that both passwords agree and that the rules accept them."""
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password")
        if not password:
            return cleaned
        if cleaned.get("repeated") and cleaned["repeated"] != password:
            self.add_error("repeated", _("The two passwords differ."))
        user = get_user_model()(username=cleaned.get("username", ""))
        try:
            password_validation.validate_password(password, user)
        except forms.ValidationError as error:
            self.add_error("password", error)
        return cleaned


class NewPasswordForm(forms.Form):
    """The password so far, the new one, and the new one once more."""

    current = _password_field(_("Your password so far"), kind="current-password")
    password = _password_field(_("New password"), help_text=_RULES)
    repeated = _password_field(_("New password, once more"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean(self) -> dict[str, Any]:
        """Check that both new ones agree and that the rules accept them."""
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password")
        if password and cleaned.get("repeated") and cleaned["repeated"] != password:
            self.add_error("repeated", _("The two passwords differ."))
        if password:
            try:
                password_validation.validate_password(password, self._user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
