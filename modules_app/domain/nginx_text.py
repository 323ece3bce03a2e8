"""What a module hands over for nginx, read as nginx reads it.

The reader follows `ngx_conf_read_token` sign by sign: a difference could hide a directive from us
that nginx sees. It says which directives stand where; the rules below say which may.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

LOCATIONS = frozenset({"location"})
SERVERS = frozenset(
    {"server", "upstream", "map", "geo", "split_clients", "limit_req_zone", "limit_conn_zone"}
)
"""What may stand outside of any block: in a file of locations, and in one of servers."""

_DATA = frozenset({"map", "geo", "split_clients", "types"})
"""Blocks that hold values; of directives they know ``include``."""

_KNOWN = re.compile(
    r"""(?x)
    absolute_redirect | access_log | addition_types | add_(?:header|trailer|before_body|after_body)
    | aio | alias | allow | ancient_browser(?:_value)? | auth_basic(?:_user_file)?
    | auth_request(?:_set)? | autoindex\w* | break | charset(?:_types)? | chunked_transfer_encoding
    | client_(?:body|header|max_body)\w* | default_type | deny | directio\w* | disable_symlinks
    | empty_gif | error_page | etag | expires | fastcgi_\w+ | flv | grpc_\w+ | gunzip\w* | gzip\w*
    | hash | http2\w* | http3\w* | if | if_modified_since | ignore_invalid_headers
    | image_filter\w* | index | internal | ip_hash | keepalive\w* | large_client_header_buffers
    | least_conn | limit_\w+ | lingering_\w+ | listen | location | log_not_found | log_subrequest
    | map_hash\w* | max_ranges | memcached_\w+ | merge_slashes | mirror\w*
    | modern_browser(?:_value)? | mp4\w* | msie_\w+ | open_file_cache\w* | output_buffers
    | override_charset | port_in_redirect | postpone_output | proxy_\w+ | quic_\w+ | random
    | random_index | read_ahead | real_ip_\w+ | recursive_error_pages | referer_hash\w*
    | request_pool_size | reset_timedout_connection | resolver\w* | return | rewrite\w* | root
    | satisfy | scgi_\w+ | secure_link\w* | send_\w+ | sendfile\w* | server | server_name\w*
    | server_tokens | set | set_real_ip_from | slice | ssi\w* | ssl_\w+ | stub_status
    | sub_filter\w* | subrequest_output_buffer_size | tcp_\w+ | try_files | types\w*
    | underscores_in_headers | uninitialized_variable_warn | upstream | userid\w* | uwsgi_\w+
    | valid_referers | variables_hash\w* | zone | map | geo | split_clients
    """
)
"""What nginx itself brings. Modules of nginx that are unknown here could run code or write files as
root, so what is not named is refused."""

_REFUSED = re.compile(
    r"\w+_temp_path|\w+_cache_path|\w+_store(?:_access)?|ssl_(?:engine|conf_command|password_file)"
    r"|\w+_ssl_(?:conf_command|password_file)|\w*ssl_key_log"
)
_KEY_FILE = re.compile(r"(?:\w+_)?ssl_certificate_key")
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
    for found, around in _nested(text):
        name = found.words[0]
        if not around and name not in allowed:
            expected = ", ".join(sorted(allowed))
            raise _fault("nginx-place", _PLACE, found.line, name=name, allowed=expected)
        if _is_refused(found.words, around):
            raise _fault("nginx-directive", _DIRECTIVE, found.line, name=name)


def refuse_faults_around(text: str, own_dir: str, includes: Collection[str]) -> None:
    """Raise `NginxFault` for what the file around those of modules must not say.

    nginx reads it as root. It may write below ``own_dir`` and include ``includes``.
    """
    for found, around in _nested(text):
        name, *values = found.words
        if name in _FILES or name.endswith("_temp_path"):
            wrong = not values or not values[0].startswith(f"{own_dir}/") or ".." in values[0]
        elif name == "include":
            wrong = values not in ([one] for one in includes)
        else:
            wrong = name not in _AROUND and _is_refused(found.words, around)
        if wrong:
            raise _fault("nginx-directive", _DIRECTIVE, found.line, name=name)


_FILES = frozenset({"pid", "error_log"})
_AROUND = frozenset({"events", "http", "worker_processes", "worker_connections"})


def _nested(text: str) -> Iterator[tuple[Directive, list[str]]]:
    """Yield each directive with the names of the blocks around it."""
    around: list[str] = []
    line = 1
    for found in directives(text):
        line = found.line
        if found.words:
            yield found, around
            around += [found.words[0]] if found.opens else []
        elif around:
            around.pop()
        else:
            raise _fault("nginx-closes", _CLOSES, line)
    if around:
        raise _fault("nginx-open", _OPEN, line, count=len(around))


_CLOSES = _("A closing brace ends a block that the module did not open.")
_PLACE = _("“{name}” cannot stand here by itself; outside of blocks there may be: {allowed}.")
_DIRECTIVE = _("“{name}” reads, writes or runs what is not the module's; modules may not use it.")
_OPEN = _("{count} blocks are not closed at the end.")
_END = _("The text ends within “{text}”; a semicolon or a closing quote is missing.")
_SIGN = _("“{sign}” cannot stand here.")


def _is_refused(words: list[str], around: list[str]) -> bool:
    name, *values = words
    if around and around[-1] in _DATA:
        return name == "include"
    if name == "access_log":
        return values != ["off"]
    if _KEY_FILE.fullmatch(name):
        # "engine:/a/file:x" loads that file as a library of OpenSSL; a variable could say so later.
        return any(":" in value or "$" in value for value in values)
    if name == "listen":
        return any(value.startswith("unix:") for value in values)
    return _KNOWN.fullmatch(name) is None or _REFUSED.fullmatch(name) is not None


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
