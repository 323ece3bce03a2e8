"""The least that an Asterisk must be told to start. What is there already is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.asterisk.lab.root import libraries

# Not loaded: what listens beyond the loopback, and databases, voicemail and clouds without which
# a start is quicker and its log says only what matters.
UNWANTED = """
    app_festival app_voicemail_imap app_voicemail_odbc cdr_adaptive_odbc cdr_beanstalkd cdr_odbc
    cdr_pgsql cdr_radius cdr_tds cel_beanstalkd cel_odbc cel_pgsql cel_radius cel_tds chan_console
    chan_dahdi chan_iax2 chan_mobile chan_motif chan_ooh323 chan_unistim func_odbc pbx_ael
    pbx_dundi pbx_lua res_calendar res_calendar_caldav res_calendar_ews res_calendar_exchange
    res_calendar_icalendar res_config_ldap res_config_mysql res_config_odbc res_config_pgsql
    res_config_sqlite3 res_corosync res_hep res_hep_pjsip res_hep_rtcp res_odbc
    res_odbc_transaction res_phoneprov res_pjsip_phoneprov_provider res_snmp res_statsd
    res_stun_monitor res_xmpp
""".split()

LOGGER = """\
[general]
dateformat = %F %T.%3q

[logfiles]
messages.log => notice,warning,error,verbose
"""


def asterisk_conf(root: Path, folder: Path, etc: Path, run: Path) -> str:
    """Return the text of asterisk.conf for an instance whose files lie in ``folder``."""
    places = {
        "astetcdir": etc,
        "astmoddir": libraries(root) / "asterisk/modules",
        "astvarlibdir": folder / "lib",
        "astdbdir": folder / "lib",
        "astkeydir": folder / "lib",
        "astdatadir": folder / "data",
        "astagidir": folder / "data/agi-bin",
        "astspooldir": folder / "spool",
        "astrundir": run,
        "astlogdir": folder / "log",
        "astcachedir": folder / "cache",
        "astsbindir": root / "usr/sbin",
    }
    lines = [f"{name} => {place}" for name, place in places.items()]
    return "\n".join(["[directories]", *lines, "[options]", "verbose = 3", "nocolor = yes", ""])


def needed_files() -> dict[str, str]:
    """Return the two files without which Asterisk loads nothing and says nothing."""
    lines = [f"noload = {name}.so" for name in UNWANTED]
    modules = "\n".join(["[modules]", "autoload = yes", *lines, ""])
    return {"logger.conf": LOGGER, "modules.conf": modules}


def write_missing(etc: Path, files: Mapping[str, str]) -> None:
    """Write those of the files (name to text) that are not in the folder yet."""
    etc.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if not (etc / name).exists():
            (etc / name).write_text(text)


def link_data(root: Path, data: Path) -> None:
    """Make an instance's folder of shared data: Debian's, and empty places for scripts and sounds.

    Debian's own links lead to /etc/alternatives, which is another machine's, so each language is
    linked here by the name that Asterisk asks for.
    """
    share = root / "usr/share/asterisk"
    for own in ("agi-bin", "sounds/custom", "moh", "keys"):
        (data / own).mkdir(parents=True, exist_ok=True)
    for shared in ("documentation", "rest-api", "static-http", "firmware", "phoneprov"):
        _link(data / shared, share / shared)
    for voice in sorted(share.glob("sounds/??_??_*")):
        _link(data / "sounds" / voice.name, voice)
        _link(data / "sounds" / voice.name[:2], voice)


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink():
        link.symlink_to(target)
