"""The form that takes a table of extensions, and gives it back for the second step."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 4 * 1024 * 1024
"""Of a table that comes through a page; the command line takes larger ones."""


class ImportForm(forms.Form):
    """A table in CSV, or the one that the report before brought along in ``table``."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    update = forms.BooleanField(
        label=_("Change extensions that are there already"), required=False, initial=True
    )
    table = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read the table as bytes into ``data``."""
        found: dict[str, Any] = super().clean() or {}
        upload = found.get("file")
        if upload is None and not found.get("table"):
            self.add_error("file", gettext("Choose a file first."))
        elif upload is not None and upload.size > MOST_BYTES:
            self.add_error("file", gettext("This file is larger than 4 MB."))
        else:
            found["data"] = upload.read() if upload else self._unpacked(found["table"])
        return found

    def packed(self) -> str:
        """Return the table as it goes along hidden in the page."""
        return base64.b64encode(zlib.compress(self.cleaned_data["data"])).decode("ascii")

    def _unpacked(self, text: str) -> bytes:
        try:
            packed = base64.b64decode(text, validate=True)
            data = zlib.decompressobj().decompress(packed, MOST_BYTES)
        except (binascii.Error, ValueError, zlib.error):
            self.add_error("file", gettext("The table got lost on the way: choose it again."))
            return b""
        return data
