"""The form that takes a file of extensions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 8 * 1024 * 1024


class ImportForm(forms.Form):
    """A CSV file, or its text that the report before brought along."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read the file as UTF-8 text, with or without a mark at its beginning."""
        found: dict[str, Any] = super().clean() or {}
        upload = found.get("file")
        if upload is not None:
            found["text"] = self._read(upload)
        elif not found.get("text"):
            self.add_error("file", gettext("Choose a file first."))
        return found

    def _read(self, upload: Any) -> str:
        if upload.size > MOST_BYTES:
            self.add_error("file", gettext("This file is larger than 8 MB."))
            return ""
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", gettext("This file is no text in UTF-8: save it as CSV UTF-8."))
            return ""
