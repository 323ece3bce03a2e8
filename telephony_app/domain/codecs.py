"""Names of codecs."""

from __future__ import annotations

import re
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong

_NAME = re.compile(r"[a-z0-9_]{2,20}")


def codec_name(value: Any) -> str:
    """Return the name of a codec as Asterisk writes it, such as ``alaw``."""
    text = value.strip() if isinstance(value, str) else ""
    if not _NAME.fullmatch(text):
        raise Wrong(_("“{text}” is no name of a codec."), text=str(value)[:40])
    return text
