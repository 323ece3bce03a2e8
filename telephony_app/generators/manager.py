"""manager.conf, ari.conf and http.conf: the interfaces for programs (reference M6.7)."""

from __future__ import annotations

from telephony_app.domain.blocks import Shape
from telephony_app.domain.rights import Level, classes
from telephony_app.domain.snapshot import Account, AriUser, Manager, Snapshot
from telephony_app.generators import escaping
from telephony_app.generators.access import LOCAL_ONLY, access_lines
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.paper import Paper

OWN_USER = "pbxadmin"
MODULES_USER = "pbxmodules"

CHANNEL_VARIABLES = (
    "DIALEDPEERNUMBER,BLKVM_CHANNEL,BRIDGEPEER,INTERCHANNEL,FROM_DID,mikoidconf,conf_1c,"
    "1cautoanswer,extenfrom1c,spyee,datafrom1c"
)
"""Without MikoPBX's CDR(…): Asterisk 22 writes an error for each event of a channel without one."""

USUAL_FILTER = "!Event: Newexten"
PINGS = "!UserEvent: Ping_"
"""By their own events workers of modules find out whether Asterisk hears them."""

ALWAYS_LEFT_OUT = ("!UserEvent: CdrConnector", PINGS)

_MODULES_WRITE = "call,cdr,originate,reporting,agent,dialplan,dtmf,log,verbose,user"
"""What workers of modules may do: calls, but neither configuration nor commands of the shell."""


def manager(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return manager.conf; with AMI switched off only our own accounts are left, here alone."""
    paper = Paper("manager.conf")
    is_on = snapshot.is_on("AMIEnabled")
    paper.add(f"""\
[general]
enabled = yes
port = {snapshot.number("AMIPort", 5038)}
bindaddr = {snapshot.bind if is_on else "127.0.0.1"}
displayconnects = no
allowmultiplelogin = yes
webenabled = {_yes(is_on and snapshot.is_on("AJAMEnabled"))}
timestampevents = yes
channelvars = {CHANNEL_VARIABLES}
httptimeout = 60

""")
    if is_on:
        paper.add("".join(_user(snapshot, user) for user in snapshot.managers))
    paper.add("".join(_own(account) for account in snapshot.accounts))
    paper.join(answers.pieces("generate_manager_conf"), Shape.SECTIONS)
    return paper


def ari(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return ari.conf; users, ours and modules', only where ARI is switched on."""
    paper = Paper("ari.conf")
    is_on = snapshot.is_on("ARIEnabled")
    origins = escaping.value(snapshot.setting("ARIAllowedOrigins", "*"))
    paper.add(f"[general]\nenabled = {_yes(is_on)}\npretty = no\nallowed_origins = {origins}\n\n")
    if is_on:
        paper.add("".join(_ari_user(user) for user in snapshot.ari_users))
        paper.join(answers.pieces("generate_ari_conf"), Shape.SECTIONS)
    return paper


def http(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return http.conf: AJAM, ARI and the way in for browsers that are phones."""
    paper = Paper("http.conf")
    wanted = any(snapshot.is_on(key) for key in ("AJAMEnabled", "ARIEnabled", "UseWebRTC"))
    paper.add(f"""\
[general]
enabled = {_yes(wanted)}
bindaddr = {snapshot.bind}
bindport = {snapshot.number("AJAMPort", 8088)}
prefix = asterisk
enablestatic = no
""")
    bind = f"[{snapshot.bind}]" if ":" in snapshot.bind else snapshot.bind
    if wanted and snapshot.paths.has_certificate:
        paper.add(f"""\
tlsenable = yes
tlsbindaddr = {bind}:{snapshot.number("AJAMPortTLS", 8089)}
tlscertfile = {escaping.value(snapshot.paths.certificate)}
tlsprivatekey = {escaping.value(snapshot.paths.private_key)}
""")
    return paper


def _user(snapshot: Snapshot, user: Manager) -> str:
    """Return the section of an AMI user (reference M6.7)."""
    wanted = [escaping.value(line) for line in user.event_filter.splitlines() if line.strip()]
    filters = [*ALWAYS_LEFT_OUT, *(wanted or [USUAL_FILTER])]
    return _section(
        user.username,
        user.secret,
        access_lines(snapshot, user.network),
        ",".join(classes(user.rights, Level.READ)),
        ",".join(classes(user.rights, Level.WRITE)),
        filters,
    )


def _own(account: Account) -> str:
    """Return the section of an account of PBX Admin itself."""
    write = _MODULES_WRITE if account.username == MODULES_USER else "all"
    left_out = [one for one in ALWAYS_LEFT_OUT if account.username != MODULES_USER or one != PINGS]
    filters = [*left_out, USUAL_FILTER]
    return _section(account.username, account.secret, LOCAL_ONLY, "all", write, filters)


def _section(  # noqa: PLR0913 - the lines of one section
    name: str, secret: str, access: str, read: str, write: str, filters: list[str]
) -> str:
    lines = "".join(f"eventfilter = {one}\n" for one in filters)
    return (
        f"[{escaping.name(name)}]\nsecret = {escaping.value(secret)}\n{access}"
        f"read = {read}\nwrite = {write}\n{lines}\n"
    )


def _ari_user(user: AriUser) -> str:
    return (
        f"[{escaping.name(user.username)}]\ntype = user\nread_only = no\n"
        f"password_format = plain\npassword = {escaping.value(user.password)}\n\n"
    )


def _yes(is_on: bool) -> str:
    return "yes" if is_on else "no"
