"""The files of fail2ban that no module changes."""

# ruff: noqa: E501 - a regular expression of fail2ban has one line

from __future__ import annotations

MAIN = """\
[Definition]
loglevel = INFO
logtarget = {run}/fail2ban.log
syslogsocket = auto
socket = {run}/fail2ban.sock
pidfile = {run}/fail2ban.pid
dbfile = {run}/fail2ban.sqlite3
dbpurgeage = 1d
dbmaxmatches = 10
allowipv6 = auto

[DEFAULT]
"""
DEFAULTS = """\
[DEFAULT]
ignoreip = {ignored}
enabled = false
filter = %(__name__)s
backend = polling
usedns = no
logencoding = utf-8
protocol = tcp
{numbers}
"""
CORE_JAIL = """
[{name}]
enabled = true
logpath = {log}
{numbers}
logencoding = utf-8
action = pbx-ban[jail="{name}"]
"""
COMMON_FILTER = r"""
# What filters may build upon: the beginning of a line of syslog.
[DEFAULT]
_daemon = \S*

[Definition]
__pid_re = (?:\[\d+\])
__prefix_line = \s*(?:\S+\s+)?(?:%(_daemon)s)(?:%(__pid_re)s)?:\s+
"""
FILTERS = {
    "pbx-web": r"""
# Lines of log/security.log; whatever was typed is not part of them.
[Definition]
failregex = ^\s*pbx-web: wrong (?:password|key) from <HOST>$
""",
    "pbx-ssh": r"""
[INCLUDES]
before = common.conf

[Definition]
_daemon = sshd(?:-session)?
failregex = ^%(__prefix_line)sFailed \S+ for (?:invalid user )?.{0,100} from <HOST> port \d+(?: ssh\d*)?$
            ^%(__prefix_line)s(?:Invalid|Illegal) user .{0,100} from <HOST>(?: port \d+)?$
            ^%(__prefix_line)sUser .{1,100} from <HOST> not allowed because .+$
            ^%(__prefix_line)sConnection closed by authenticating user .{1,100} <HOST> port \d+ \[preauth\]$
""",
    "common": COMMON_FILTER,
}  # fmt: skip
