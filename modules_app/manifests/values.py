"""Single values of a manifest: ids, versions, texts and links, cleaned, with every fault said."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any
from urllib.parse import SplitResult, urlsplit

from modules_app.domain import versions
from modules_app.domain.ids import fold_id, is_module_id, is_reserved_id
from modules_app.domain.manifest import Contract
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests.faults import Spot

LINE = 250
"""Characters of a one-line text such as a name or a publisher."""

TEXT = 64 * 1024
"""Characters of a long text such as a description."""

_STAND_INS = ("core",)
_MAX_LINK = 2000
_HOST = re.compile(r"(?!xn--)[A-Za-z0-9-]+(\.(?!xn--)[A-Za-z0-9-]+)*\.?", re.ASCII | re.IGNORECASE)
_PLAIN_LINK = re.compile(rf"https?://{_HOST.pattern}(/[!#-&(-;=?-\[\]-_a-~]*)?", _HOST.flags)
"""What nearly every link looks like; ``is_link`` looks closely only at the others."""
_UNSAFE_IN_LINK = re.compile(r"""[\s\\<>"'`\x00-\x20\x7f-\x9f]""")
_INVISIBLE = "\u200b\u200e\u200f\u2028\u2029\u2060\ufeff" + "".join(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


def read_id(raw: str, contract: Contract, spot: Spot) -> str:
    """Return the id, or an empty text with an error (design 6, R2.3 M11).

    FreePBX's own ``core`` is a real module and readable; its place is taken here, which is said.
    """
    if not is_module_id(raw):
        spot.error(
            "id-invalid",
            _("{id} cannot be the id of a module."),
            rule="M11",
            hint=_("An id is a letter followed by 1 to 63 letters, digits, hyphens, underscores."),
            id=shown(raw),
        )
        return ""
    if contract is Contract.FREEPBX and fold_id(raw) in _STAND_INS:
        spot.warning(
            "id-provided",
            _("PBX Admin stands for the FreePBX module {id}; this package does not replace it."),
            rule="M11",
            id=raw,
        )
    elif is_reserved_id(raw):
        spot.error(
            "id-reserved",
            _("The id {id} is reserved."),
            rule="M11",
            hint=_("Give the module another id; this one belongs to PBX Admin or to a device."),
            id=raw,
        )
    return raw


def read_version(raw: str, spot: Spot) -> str:
    """Return the version, trimmed (F4); a missing one is empty with a warning (M1.2, F1.2)."""
    if raw != raw.strip():
        spot.warning("version-with-spaces", _("There is white space around the version."))
        raw = raw.strip()
    if not raw:
        spot.warning("version-missing", _("The manifest names no version."))
        return ""
    if len(raw) > versions.MAX_LENGTH or _hidden("").search(raw):
        spot.error(
            "version-invalid",
            _("{version} is not a version."),
            rule="M15",
            hint=_("A version has up to 64 visible characters."),
            version=shown(raw),
        )
        return ""
    if versions.is_development_build(raw):
        spot.warning(
            "version-placeholder",
            _("This is a development build: the release did not replace {version}."),
            hint=_("Build it with `module pack DIR --version-text 1.0.0`."),
            version=raw,
        )
    return raw


def clean_line(raw: str, spot: Spot, *, limit: int = LINE) -> str:
    """Return a one-line text: white space folded, control signs gone, NFC, at most ``limit``."""
    line = " ".join(raw.split())
    if line.isascii() and line.isprintable() and len(line) <= limit:
        return line
    return _clean(line, spot, keep="", limit=limit)


def clean_text(raw: str, spot: Spot, *, limit: int = TEXT) -> str:
    """Return a text of several lines, trimmed, with ``\\n`` as the only line end."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    visible = lines.replace("\n", "").replace("\t", "")
    if visible.isascii() and visible.isprintable() and len(lines) <= limit:
        return lines
    return _clean(lines, spot, keep="\n\t", limit=limit)


def clean_link(raw: str, spot: Spot) -> str:
    """Return an http, https or ``//`` link; anything else is dropped with a warning (M14)."""
    link = raw.strip()
    if not link or is_link(link):
        return link
    spot.warning(
        "link-dropped",
        _("{link} is not a plain web link and is left out."),
        rule="M14",
        hint=_("Links begin with https://, http:// or // and name a host, without a password."),
        link=shown(link),
    )
    return ""


def is_link(link: str) -> bool:
    """Say whether ``link`` leads to a plain web host: no other scheme, no user, no punycode."""
    if len(link) > _MAX_LINK:
        return False
    if _PLAIN_LINK.fullmatch(link):
        return True
    if _UNSAFE_IN_LINK.search(link):
        return False
    try:
        parts = urlsplit(link)
        return _is_web(parts, link) and parts.port != 0
    except ValueError:
        return False


def shown(value: Any) -> str:
    """Return what a message may quote of a strange value."""
    text = value if isinstance(value, str) else repr(value)
    return _hidden("").sub("\ufffd", text[:80])


def _is_web(parts: SplitResult, link: str) -> bool:
    scheme_fits = parts.scheme in ("http", "https") or link.startswith("//")
    return scheme_fits and "@" not in parts.netloc and bool(_HOST.fullmatch(parts.hostname or ""))


def _clean(text: str, spot: Spot, *, keep: str, limit: int) -> str:
    visible = _hidden(keep).sub("", text)
    if visible != text:
        spot.warning("text-control-characters", _("Invisible control characters are left out."))
    composed = unicodedata.normalize("NFC", visible)
    if composed != visible:
        spot.note("text-not-composed", _("Letters written in pieces are joined (Unicode NFC)."))
    if len(composed) > limit:
        spot.warning(
            "text-too-long",
            _("The text has {length} characters and is cut to {limit}."),
            length=len(composed),
            limit=limit,
        )
    return composed[:limit]


@functools.cache
def _hidden(keep: str) -> re.Pattern[str]:
    """Match control signs and halves of surrogates, all that nobody sees, but for ``keep``."""
    signs = (*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *_INVISIBLE)
    return re.compile(
        f"[{re.escape(''.join(one for one in signs if one not in keep))}\ud800-\udfff]"
    )
