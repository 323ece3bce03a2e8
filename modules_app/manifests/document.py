"""The checks that come before any parser: size and encoding (R2.3 M03, M04, M08)."""

from __future__ import annotations

import codecs

from modules_app.exceptions import gettext_noop as _
from modules_app.manifests.faults import Faults

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

_OTHER_ENCODINGS = (
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF8,
)


def decode(data: bytes, faults: Faults) -> str | None:
    """Return the text of a manifest, or None with the reason among the faults.

    Accepted is strict UTF-8 without a byte order mark and without NUL, up to ``MAX_BYTES``.
    """
    spot = faults.at()
    if len(data) > MAX_BYTES:
        spot.error(
            "manifest-too-big",
            _("The manifest has {size} bytes; {limit} are allowed."),
            rule="M03",
            size=len(data),
            limit=MAX_BYTES,
        )
        return None
    if not data.strip():
        spot.error("manifest-empty", _("The manifest is empty."))
        return None
    if data.startswith(_OTHER_ENCODINGS):
        _not_utf8(faults, 1)
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        _not_utf8(faults, data.count(b"\n", 0, fault.start) + 1)
        return None
    if "\0" in text:
        _not_utf8(faults, text.count("\n", 0, text.index("\0")) + 1)
        return None
    return text


def _not_utf8(faults: Faults, line: int) -> None:
    faults.at(line=line).error(
        "manifest-not-utf8",
        _("The manifest is not UTF-8 without a byte order mark."),
        rule="M04",
        hint=_("Save the file as UTF-8 without a byte order mark and pack it again."),
    )
