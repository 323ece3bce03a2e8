"""What the folder of fail2ban may say at all, whoever wrote it.

fail2ban runs as root and runs the commands of actions. So there is one action, whose text is known
to the letter, each jail has it, and files that could bring another one are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from modules_app.domain.fail2ban import Option, Wrong, check_jail_option, read_filter, read_options
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

MAIN = "fail2ban.conf"
JAILS = "jail.local"
BANS = "jail.d/zz-pbx-bans.local"
ACTION = "action.d/pbx-ban.conf"
ACTION_TEXT = """\
# An address is put into the set of its jail; the rules that drop it are in our ruleset. The bans
# of one jail do not touch those of another. A filter can take any text of a log for an address.
[Definition]
actionban = case "<ip>" in *[!0-9a-fA-F.:/]*) exit 1;; esac
            nft add element inet pbxadmin ban_<jail>_<version> { <ip> timeout <bantime>s }
actionunban = case "<ip>" in *[!0-9a-fA-F.:/]*) exit 0;; esac
              nft delete element inet pbxadmin ban_<jail>_<version> { <ip> } 2>/dev/null || :

[Init]
jail = none
version = 4

[Init?family=inet6]
version = 6
"""

_JAILS_OF_MODULE = re.compile(r"jail\.d/pbx_[a-z0-9_]+\.conf")
_FILTER = re.compile(r"filter\.d/[a-z0-9_-]+\.conf")
_OWN_FILES = frozenset({"logtarget", "socket", "pidfile", "dbfile"})
_WORDS = frozenset({"loglevel", "syslogsocket", "dbpurgeage", "dbmaxmatches", "allowipv6"})
_WORD = re.compile(r"[A-Za-z0-9]+")
_BANNED_BY = 'pbx-ban[jail="{section}"]'
_ACTIONS = frozenset({"action", "banaction", "banaction_allports"})


def refuse_other_actions(files: Mapping[str, str], run_dir: str) -> None:
    """Raise ``Refused`` for the first file (path below the folder -> text) that may not be so.

    fail2ban itself may write below ``run_dir`` and nowhere else.
    """
    overridden = {one.section for one in _options(BANS, files) if one.key == "action"}
    for path, text in files.items():
        try:
            _check(path, text, run_dir, overridden)
        except Wrong as wrong:
            raise Refused(
                "fail2ban-file-wrong",
                _("{path}, line {line}: fail2ban would do what is not its task."),
                context={"path": path, "line": wrong.line},
            ) from wrong


def _options(path: str, files: Mapping[str, str]) -> list[Option]:
    try:
        return list(read_options(files.get(path, "")))
    except Wrong:
        return []  # refused when it is looked at itself


def _check(path: str, text: str, run_dir: str, overridden: set[str]) -> None:
    if path == ACTION:
        if text != ACTION_TEXT:
            raise _wrong(1)
    elif _FILTER.fullmatch(path):
        read_filter(text)
    elif path == MAIN:
        for option in read_options(text):
            _check_main(option, run_dir)
    elif path in (JAILS, BANS):
        for option in read_options(text):
            _check_own_jail(option)
    elif _JAILS_OF_MODULE.fullmatch(path):
        for option in read_options(text):
            check_jail_option(option)
            if option.section not in overridden:
                raise _wrong(option.line)
    else:
        raise _wrong(0)


def _check_main(option: Option, run_dir: str) -> None:
    """fail2ban's own files must lie in its own folder."""
    if option.key in _OWN_FILES:
        start, _slash, name = option.value.rpartition("/")
        right = start == run_dir and re.fullmatch(r"fail2ban\.[a-z0-9]+", name) is not None
    else:
        right = option.key in _WORDS and _WORD.fullmatch(option.value) is not None
    if not right:
        raise _wrong(option.line)


def _check_own_jail(option: Option) -> None:
    if (option.section, option.key, option.value) == ("DEFAULT", "filter", "%(__name__)s"):
        return
    if option.key in _ACTIONS:
        if (option.key, option.value) != ("action", _BANNED_BY.format(section=option.section)):
            raise _wrong(option.line)
        return
    check_jail_option(option)


def _wrong(line: int) -> Wrong:
    return Wrong(line, "fail2ban-file-wrong", "")
