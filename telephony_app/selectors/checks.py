"""Whether what the telephone part needs is there, for ``module doctor``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.processes.locks import FileLock
from modules_app.selectors.registry import data_dir
from telephony_app.selectors.live import live_state


def telephony_checks() -> list[dict[str, Any]]:
    """Return the checks, each ``{"name", "ok", "found"}``; names are to be translated."""
    live, found = live_state(), live_state().sentence
    said = fill(gettext(found["message"]), found["context"])
    holder = FileLock(data_dir().run / "telephony.lock").holder()
    return [
        _check(
            _("Process that follows Asterisk"), f"pid {holder.pid}" if holder else "not running"
        ),
        _check(_("Asterisk"), f"{live.version} {said}".strip(), ok=live.is_current or not live.at),
        _check(_("Folder of Asterisk"), settings.PBX_ASTERISK_DIR or "PBX_ASTERISK_DIR is not set"),
        _check(_("Log of Asterisk"), settings.PBX_ASTERISK_LOG or "PBX_ASTERISK_LOG is not set"),
        _certificate(),
    ]


def _certificate() -> dict[str, Any]:
    """Tell whether TLS and WebRTC can be offered; half of a pair is a mistake."""
    pair = ("PBX_ASTERISK_CERTIFICATE", "PBX_ASTERISK_PRIVATE_KEY")
    lacking = [name for name in pair if not getattr(settings, name)]
    found = ", ".join(f"{name} is not set" for name in lacking)
    return _check(
        _("TLS certificate of Asterisk"),
        found or settings.PBX_ASTERISK_CERTIFICATE,
        ok=len(lacking) != 1,
    )


def _check(name: str, found: str, *, ok: bool = True) -> dict[str, Any]:
    return {"name": name, "ok": ok, "found": found}
