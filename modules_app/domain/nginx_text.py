"""What a module hands over for nginx, read as nginx reads it.

The reader follows `ngx_conf_read_token` sign by sign: a difference could hide a directive from us
that nginx sees. It says which directives stand where; the rules below say which may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

LOCATIONS = frozenset({"location"})
SERVERS = frozenset(
    {"server", "upstream", "map", "geo", "split_clients", "limit_req_zone", "limit_conn_zone"}
)
"""What may stand outside of any block: in a file of locations, and in one of servers."""

_REFUSED = re.compile(
    r"include|load_module|error_log|log_format|open_log_file_cache|user|pid|env|daemon"
    r"|working_directory|ssl_engine|lock_file|master_process|.*_temp_path|.*_cache_path"
    r"|dav_.*|create_full_put_path|perl.*|js_.*|.*lua.*|proxy_store.*|fastcgi_store.*"
    r"|uwsgi_store.*|scgi_store.*"
)
_SPACE = " \t\r\n"


class NginxFault(Refused):
    """A text that must not reach nginx; ``context["line"]`` is the line in it, from 1."""


@dataclass(slots=True)
class Directive:
    """One directive: its words, its line, and whether a block follows."""

    words: list[str]
    line: int
    opens: bool


@dataclass(slots=True)
class _Reader:
    """Where the reader stands within one directive."""

    words: list[str] = field(default_factory=list)
    word: list[str] = field(default_factory=list)
    quote: str = ""
    escaped: bool = False
    variable: bool = False
    in_word: bool = False
    needs_space: bool = False


def refuse_faults(text: str, allowed: frozenset[str]) -> None:
    """Raise `NginxFault` for the first thing that is not the module's to say.

    ``allowed`` are the directives that may stand outside of any block.
    """
    depth, line = 0, 1
    for found in directives(text):
        line = found.line
        if not found.words:
            depth -= 1
            if depth < 0:
                raise _fault("nginx-closes", _CLOSES, found.line)
            continue
        name = found.words[0]
        if depth == 0 and name not in allowed:
            expected = ", ".join(sorted(allowed))
            raise _fault("nginx-place", _PLACE, found.line, name=name, allowed=expected)
        if _is_refused(found.words):
            raise _fault("nginx-directive", _DIRECTIVE, found.line, name=name)
        depth += found.opens
    if depth:
        raise _fault("nginx-open", _OPEN, line, count=depth)


_CLOSES = _("A closing brace ends a block that the module did not open.")
_PLACE = _("“{name}” cannot stand here by itself; outside of blocks there may be: {allowed}.")
_DIRECTIVE = _("“{name}” reads, writes or runs what is not the module's; modules may not use it.")
_OPEN = _("{count} blocks are not closed at the end.")
_END = _("The text ends within “{text}”; a semicolon or a closing quote is missing.")
_SIGN = _("“{sign}” cannot stand here.")


def _is_refused(words: list[str]) -> bool:
    if words[0] == "access_log":
        return words[1:] != ["off"]
    return _REFUSED.fullmatch(words[0]) is not None


def directives(text: str) -> Iterator[Directive]:
    """Yield the directives of a text in their order; one without words closes a block.

    Raises `NginxFault` where nginx would not go on either.
    """
    state, line, in_comment = _Reader(), 1, False
    for sign in text:
        if sign == "\n":
            line += 1
            in_comment = False
        if in_comment:
            continue
        if sign == "#" and not (state.in_word or state.needs_space or state.escaped):
            in_comment = True
            continue
        ended = _take(state, sign, line)
        if ended is not None:
            yield ended
            state = _Reader()
    if state.in_word or state.words or state.escaped or state.needs_space:
        said = " ".join([*state.words, "".join(state.word)])[:60]
        raise _fault("nginx-end", _END, line, text=said)


def _take(state: _Reader, sign: str, line: int) -> Directive | None:
    """Take one sign; return the directive that it ends."""
    if state.escaped:
        state.escaped = False
        state.word.append(sign)
        return None
    if state.needs_space:
        if sign not in f"{_SPACE};{{)":
            raise _fault("nginx-sign", _SIGN, line, sign=sign)
        state.needs_space = False
        if sign != ")":
            return _between(state, sign, line)
        state.in_word = False
        return _between(state, sign, line)
    return _within(state, sign, line) if state.in_word else _between(state, sign, line)


def _between(state: _Reader, sign: str, line: int) -> Directive | None:
    """Outside of a word."""
    if sign in _SPACE:
        return None
    if sign in ";{":
        if not state.words:
            raise _fault("nginx-sign", _SIGN, line, sign=sign)
        return Directive(state.words, line, sign == "{")
    if sign == "}":
        if state.words:
            raise _fault("nginx-sign", _SIGN, line, sign=sign)
        return Directive([], line, opens=False)
    state.in_word = True
    if sign in "\"'":
        state.quote = sign
    else:
        state.escaped, state.variable = sign == "\\", sign == "$"
        state.word.append(sign)
    return None


def _within(state: _Reader, sign: str, line: int) -> Directive | None:
    """Inside of a word or of quotes."""
    if sign == "{" and state.variable:
        state.word.append(sign)
        return None
    state.variable = False
    if sign in "\\$":
        state.escaped, state.variable = sign == "\\", sign == "$"
        state.word.append(sign)
        return None
    if state.quote:
        if sign == state.quote:
            state.needs_space = True
            _end_word(state)
        else:
            state.word.append(sign)
        return None
    if sign not in f"{_SPACE};{{":
        state.word.append(sign)
        return None
    _end_word(state)
    return _between(state, sign, line)


_ESCAPES = {'"': '"', "'": "'", "\\": "\\", "t": "\t", "r": "\r", "n": "\n"}


def _end_word(state: _Reader) -> None:
    raw = "".join(state.word)
    word = re.sub(r"\\([\"'\\trn])", lambda found: _ESCAPES[found[1]], raw)
    state.words.append(word)
    state.word, state.quote, state.in_word = [], "", False


def _fault(slug: str, sentence: str, line: int, **context: object) -> NginxFault:
    return NginxFault(slug, sentence, context={"line": line, **context})
