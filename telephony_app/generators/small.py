"""The small files: features, ports, tones, logs, and what Asterisk misses when it is not there."""

from __future__ import annotations

from telephony_app.domain.blocks import Shape
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators import escaping, pjsip_frame
from telephony_app.generators.access import access_lines
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.options import option_lines
from telephony_app.generators.paper import Paper
from telephony_app.generators.tones import ZONES, zone_of


def features(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return features.conf (reference M6.7)."""
    paper = Paper("features.conf")

    def code(key: str, default: str) -> str:
        return escaping.number(snapshot.setting(key, default))

    abort = code("PBXFeatureAtxferAbort", "*0")
    paper.add(f"""\
[general]
featuredigittimeout = {snapshot.number("PBXFeatureDigitTimeout", 2500)}
atxfernoanswertimeout = {snapshot.number("PBXFeatureAtxferNoAnswerTimeout", 45)}
transferdigittimeout = {snapshot.number("PBXFeatureTransferDigitTimeout", 3)}
pickupexten = {code("PBXFeaturePickupExten", "*8")}
atxferabort = {abort}

[applicationmap]

[featuremap]
atxfer = {code("PBXFeatureAttendedTransfer", "##")}
disconnect = {abort}
blindxfer = {code("PBXFeatureBlindTransfer", "**")}
""")
    paper.join(answers.pieces("get_feature_map"), Shape.KEYS)
    return paper


def acl(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return acl.conf: a list for each phone and provider that a network filter is set for."""
    paper = Paper("acl.conf")
    filtered = [(one.number, one.network) for one in snapshot.phones if one.network is not None]
    filtered += [
        (escaping.name(one.uniqid), one.network)
        for one in snapshot.providers
        if one.network is not None
    ]
    written: dict[int | None, str] = {}
    for name, network in filtered:
        if network not in written:
            written[network] = access_lines(snapshot, network)
        paper.add(f"[acl_{name}]\n{written[network]}\n")
    return paper


def rtp(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return rtp.conf."""
    paper = Paper("rtp.conf")
    first = snapshot.number("RTPPortFrom", 10000)
    last = max(snapshot.number("RTPPortTo", 10200), first + 2)
    paper.add(f"[general]\nrtpstart = {first}\nrtpend = {last}\nstrictrtp = yes\n")
    return paper


def indications(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return indications.conf with the tones of every country that a language can lead to."""
    paper = Paper("indications.conf")
    paper.add(f"[general]\ncountry = {zone_of(pjsip_frame.language(snapshot))}\n")
    for name, tones in ZONES.items():
        paper.add(f"\n[{name}]\ndescription = {name}\n{option_lines(tones.items())}")
    return paper


LOGGER = """\
[general]
dateformat = %F %T.%3q
appendhostname = no
queue_log = no

[logfiles]
messages.log => notice,warning,error
security_log => security
error => error
"""
"""`messages.log` is read after each change, `security_log` by fail2ban (reference M6.7)."""

CDR = """\
[general]
enable = yes
unanswered = yes
congestion = yes
endbeforehexten = no
batch = no
"""

FIXED = {
    "logger.conf": LOGGER,
    "cdr.conf": CDR,
    "cel.conf": "[general]\nenable = no\n",
    "ccss.conf": "[general]\ncc_max_requests = 20\n",
    "udptl.conf": "[general]\nudptlstart = 4000\nudptlend = 4999\n",
    "stasis.conf": "[threadpool]\ninitial_size = 5\nidle_timeout_sec = 20\nmax_size = 50\n",
    "musiconhold.conf": "[default]\nmode = files\ndirectory = moh\nsort = random\n",
    "pjproject.conf": "[startup]\nlog_mappings = yes\n",
    "pjsip_notify.conf": "[reboot]\nEvent = check-sync\n",
    "websocket_client.conf": "",
    "cli.conf": "[startup_commands]\n",
    "cli_permissions.conf": "[general]\ndefault_perm = permit\n",
}
"""Files that no record and no module changes; an administrator's custom file may."""


def fixed() -> list[Paper]:
    """Return the files that are always the same."""
    found = []
    for name, text in FIXED.items():
        paper = Paper(name)
        paper.add(text)
        found.append(paper)
    return found
