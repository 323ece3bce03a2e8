"""Taking secrets out of text that leaves this machine: known ones, and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence

GONE = "[removed]"
_SHORTEST = 6

_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|secret[_-]?key|auth(?:orization)?|cookie|set-cookie|session(?:id)?|sid|csrf\w*"
    r"|licen[cs]e(?:[\s_-]?key)?|pbxlicense|credential\w*|pin"
)
_NAMED = re.compile(
    rf"""(?ix) (?P<name> [\w.-]* (?:{_NAMES}) ["']? \s* [:=] \s* )
    (?P<value> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
        | (?:(?:bearer|basic|digest)\s+)? [^\s,;&]+ )"""
)
_WHOLE_LINE = re.compile(r"(?im)^(.*\b(?:set-cookie|cookie|authorization)\b\s*[:=]\s*).+$")
_IN_ADDRESS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s:@]*:[^/\s@]+@")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_PEM = re.compile(r"(?s)-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)")
_SETUP = re.compile(r"(/setup/)[^/\s]+")
_KEY = re.compile(r"\bpbx_[0-9a-f]{8}_[A-Za-z0-9_-]{8,}")
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*")
_OPTION = re.compile(
    r"^([ +-]?[ \t]*(?:password|secret|md5_cred)[ \t]*=>?[ \t]*)\S.*$", re.IGNORECASE | re.MULTILINE
)


def hide_passwords(text: str) -> str:
    """Return lines of a file of Asterisk, or of a difference, without the passwords they set."""
    return _OPTION.sub(r"\1••••••", text)


def redact(text: str, secrets: Sequence[str] = ()) -> str:
    """Return ``text`` without the ``secrets`` (longest first) and without what looks like one.

    A short secret is left to the patterns: removing "1234" everywhere would destroy the text.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, GONE)
    text = _PEM.sub(GONE, text)
    text = _WHOLE_LINE.sub(rf"\1{GONE}", text)
    text = _IN_ADDRESS.sub(rf"\1{GONE}@", text)
    text = _NAMED.sub(rf"\g<name>{GONE}", text)
    text = _SCHEME.sub(rf"\1 {GONE}", text)
    text = _KEY.sub(GONE, text)
    text = _SETUP.sub(rf"\1{GONE}", text)
    return _JWT.sub(GONE, text)
