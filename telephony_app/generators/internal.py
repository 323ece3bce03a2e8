"""Calls among our own phones (reference M7.1, M7.2).

What MikoPBX keeps in Asterisk's database, ring length and forwarding (FW_TIME, FW, FW_BUSY,
FW_UNAV), stands in the context ``phone-settings`` here: it changes together with everything else,
can be seen in a difference before it is applied, and goes with the phone.
"""

from __future__ import annotations

from collections.abc import Iterable

from telephony_app.domain import logic
from telephony_app.domain.blocks import Shape
from telephony_app.domain.faults import Wrong
from telephony_app.domain.snapshot import Application, Phone, Snapshot
from telephony_app.generators import escaping, pjsip_frame
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.channels import ANY, GUARD
from telephony_app.generators.paper import Paper, core, with_core

EXTENSIONS, APPLICATIONS, OUTGOING = 500, 550, 640
"""Where the parts of PBX Admin stand among modules (reference M6.1)."""

ALL_PEERS = f"""\
[all_peers]
include => internal-hints
exten => failed,1,Hangup()
exten => {ANY},1,Set(cleanNumber=${{FILTER(*#+0-9,${{EXTEN}})}})
	same => n,GotoIf($["${{EXTEN}}" = "${{cleanNumber}}"]?clean)
	same => n,GotoIf($[${{DIALPLAN_EXISTS(applications,${{EXTEN}},1)}}]?clean)
	same => n,GotoIf($["${{cleanNumber}}" = ""]?internal-num-undefined,s,1)
	same => n,Goto(all_peers,${{cleanNumber}},1)
	same => n(clean),NoOp(--- ${{CHANNEL}} calls ${{EXTEN}} ---)
"""
ALL_PEERS_END = f"""\
	same => n,Set(__FROM_CHAN=${{CHANNEL}})
	same => n,Set(__M_CALLID=${{CHANNEL(callid)}})
	same => n,Set(__OLD_LINKEDID=${{CHANNEL(linkedid)}})
	same => n,ExecIf($["${{CHANNEL(channeltype)}}" = "Local"]?Gosub(set_orign_chan,s,1):Gosub(set_from_peer,s,1))
	same => n,ExecIf($["${{CALLERID(num)}}" = ""]?Set(CALLERID(num)=${{FROM_PEER}}))
	same => n,ExecIf($["${{CALLERID(name)}}" = ""]?Set(CALLERID(name)=${{CALLERID(num)}}))
	same => n,Set(CHANNEL(hangup_handler_wipe)=hangup_handler,s,1)
	same => n,GosubIf($[${{DIALPLAN_EXISTS(all_peers-custom,${{EXTEN}},1)}}]?all_peers-custom,${{EXTEN}},1)
	same => n,GosubIf($[${{DIALPLAN_EXISTS(applications,${{EXTEN}},1)}}]?applications,${{EXTEN}},1)
	same => n,GosubIf($[${{DIALPLAN_EXISTS(internal,${{EXTEN}},1)}}]?internal,${{EXTEN}},1)
	same => n,GosubIf($[${{DIALPLAN_EXISTS(outgoing,${{EXTEN}},1)}}]?outgoing,${{EXTEN}},1)
	same => n,Hangup()
{GUARD}"""  # noqa: E501 - a line of dialplan cannot be folded

INTERNAL_END = """\
exten => i,1,Goto(internal-num-undefined,s,1)
exten => hangup,1,Set(MASTER_CHANNEL(M_DIALSTATUS)=ANSWER)
	same => n,Hangup()
exten => busy,1,Set(MASTER_CHANNEL(M_DIALSTATUS)=BUSY)
	same => n,Busy(2)
exten => did2user,1,GotoIf($[${DIALPLAN_EXISTS(internal,${FROM_DID},1)}]?internal,${FROM_DID},1)
	same => n,Goto(internal-num-undefined,s,1)

"""

FORWARDING = f"""\
[internal-fw]
exten => {ANY},1,ExecIf($["${{DIALSTATUS}}" = "CANCEL"]?Hangup())
	same => n,Set(FW_TARGET=${{FW}})
	same => n,ExecIf($["${{DIALSTATUS}}" = "BUSY"]?Set(FW_TARGET=${{FW_BUSY}}))
	same => n,ExecIf($["${{DIALSTATUS}}" = "CHANUNAVAIL"]?Set(FW_TARGET=${{FW_UNAV}}))
	same => n,GotoIf($["${{FW_TARGET}}" = ""]?none)
	same => n,Set(__FW_COUNT=$[0${{FW_COUNT}} + 1])
	same => n,GotoIf($[${{FW_COUNT}} > 10]?none)
	same => n,Set(__FW_SOURCE_PEER=${{EXTEN}})
	same => n,Wait(1)
	same => n,GotoIf($[${{DIALPLAN_EXISTS(internal,${{FW_TARGET}},1)}}]?internal,${{FW_TARGET}},1)
	same => n,GotoIf($[${{DIALPLAN_EXISTS(outgoing,${{FW_TARGET}},1)}}]?outgoing,${{FW_TARGET}},1)
	same => n(none),ExecIf($["${{DIALSTATUS}}" = "BUSY"]?Busy(2))
	same => n,ExecIf($["${{DIALSTATUS}}" = "CHANUNAVAIL"]?Hangup(20))
	same => n,Hangup()
{GUARD}
"""

INCOMING = f"""\
[internal-incoming]
exten => {ANY},1,Set(MASTER_CHANNEL(M_TIMEOUT)=)
	same => n,Goto(internal,${{EXTEN}},1)
{GUARD}
"""

USERS = """\
[internal-users]
exten => _X!,1,Set(CHANNEL(hangup_handler_wipe)=hangup_handler,s,1)
	same => n,ExecIf($["${ISTRANSFER}" != ""]?Set(__SIP_HEADER=))
	same => n,ExecIf($["${CHANNEL(channeltype)}" = "Local"]?Gosub(set_orign_chan,s,1))
	same => n,GotoIf($["${PJSIP_ENDPOINT(${EXTEN},auth)}" = ""]?internal-num-undefined,${EXTEN},1)
"""
USERS_END = f"""\
	same => n,Gosub(phone-settings,${{EXTEN}},1)
	same => n,Set(IS_BUSY=$["${{DEVICE_STATE(PJSIP/${{EXTEN}})}}" = "BUSY" | "${{DEVICE_STATE(PJSIP/${{EXTEN}}-WS)}}" = "BUSY"])
	same => n,ExecIf($["${{IS_BUSY}}" = "1"]?Set(DIALSTATUS=BUSY))
	same => n,GotoIf($["${{IS_BUSY}}" = "1" & "${{QUEUE_SRC_CHAN}}" = ""]?fw_start)
	same => n,Set(ringlength=600)
	same => n,ExecIf($["${{FW_TIME}}" != "" & "${{FW}}" != "" & "${{QUEUE_SRC_CHAN}}" = ""]?Set(ringlength=${{FW_TIME}}))
	same => n,ExecIf($["${{QUEUE_SRC_CHAN}}" != ""]?Set(QUEUE_OPTIONS=i):Set(QUEUE_OPTIONS=))
	same => n,GosubIf($[${{DIALPLAN_EXISTS(internal-users-custom,${{EXTEN}},1)}}]?internal-users-custom,${{EXTEN}},1)
	same => n,Gosub(set-dial-contacts,${{EXTEN}},1)
	same => n,ExecIf($["${{FIELDQTY(DST_CONTACT,&)}}" != "1"]?Set(__SIP_HEADER=))
	same => n,ExecIf($["${{TRANSFER_OPTIONS}}" = "" | "${{ISTRANSFER}}" != ""]?Set(TRANSFER_OPTIONS=Tt))
	same => n,GotoIf($["${{DST_CONTACT}}" != ""]?dial)
	same => n,Set(DIALSTATUS=CHANUNAVAIL)
	same => n,Goto(fw_start)
	same => n(dial),Dial(${{DST_CONTACT}},${{ringlength}},${{TRANSFER_OPTIONS}}${{QUEUE_OPTIONS}}ekKHhU(set-answer-state)b(dial_create_chan,s,1))
	same => n(fw_start),ExecIf($["${{FW_DISABLE_ATRANSFER}}" = "1" & "${{ATTENDEDTRANSFER}}" != ""]?Goto(fw_end))
	same => n,ExecIf($["${{FW_DISABLE_TRANSFER}}" = "1" & "${{ISTRANSFER}}" != ""]?Goto(fw_end))
	same => n,ExecIf($["${{FW_DISABLE_INTERNAL}}" = "1"]?Goto(fw_end))
	same => n,ExecIf($["${{DIALSTATUS}}" != "ANSWER" & "${{QUEUE_SRC_CHAN}}" = ""]?Goto(internal-fw,${{EXTEN}},1))
	same => n(fw_end),Hangup()
{GUARD}
"""  # noqa: E501 - a line of dialplan cannot be folded

SETTINGS_END = f"""\
exten => {ANY},1,Set(FW_TIME=)
	same => n,Set(FW=)
	same => n,Set(FW_BUSY=)
	same => n,Set(FW_UNAV=)
	same => n,Set(HAS_WS=)
	same => n,Return()
{GUARD}
"""


def write_internal(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write the contexts of our own phones' calls, from forwarding to what a phone dials."""
    paper.add(FORWARDING)
    paper.add("[phone-settings]\n" + _settings(snapshot) + SETTINGS_END)
    paper.add(ALL_PEERS)
    paper.join(answers.pieces("extension_gen_all_peers_context"), Shape.STEPS)
    paper.add(ALL_PEERS_END + pickup(snapshot))
    paper.add("[internal]\n")
    paper.join(answers.pieces("get_include_internal"), Shape.EXTENSIONS)
    own = [core(EXTENSIONS, _phones(snapshot)), core(APPLICATIONS, _ways(snapshot.applications))]
    paper.join(with_core(answers.pieces("extension_gen_internal"), *own), Shape.EXTENSIONS)
    paper.add(INTERNAL_END + INCOMING + USERS)
    paper.join(answers.pieces("extension_gen_internal_users_pre_dial"), Shape.STEPS)
    paper.add(USERS_END)


def write_transfer(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write where calls are transferred to, and the states of phones."""
    paper.add("[internal-transfer]\n")
    outside = core(OUTGOING, "include => outgoing")
    includes = with_core(answers.pieces("get_include_internal_transfer"), outside)
    paper.join(includes, Shape.EXTENSIONS)
    own = [
        core(EXTENSIONS, _transfers(snapshot.phones)),
        core(APPLICATIONS, _ways(snapshot.applications)),
    ]
    paper.join(with_core(answers.pieces("extension_gen_internal_transfer"), *own), Shape.EXTENSIONS)
    paper.add("\n[internal-hints]\n")
    hints = [core(EXTENSIONS, _hints(snapshot)), core(APPLICATIONS, _states(snapshot.applications))]
    paper.join(with_core(answers.pieces("extension_gen_hints"), *hints), Shape.EXTENSIONS)
    paper.add("\n")


def applications(paper: Paper, snapshot: Snapshot) -> str:
    """Return the context of dialplan applications; one that cannot be read is complained about."""
    return "[applications]\n" + "".join(_steps(paper, one) for one in snapshot.applications)


def pickup(snapshot: Snapshot) -> str:
    """Return the extension that takes a call that rings at another phone."""
    code = escaping.number(snapshot.setting("PBXFeaturePickupExten", "*8"))
    return f"""\
exten => _{"".join(f"[{sign}]" if sign.isalpha() else sign for sign in code)}X!,1,Set(PICKUPEER=PJSIP/${{FILTER(0-9,${{EXTEN:{len(code)}}})}})
	same => n,PickupChan(${{PICKUPEER}})
	same => n,Hangup()

"""  # noqa: E501 - a line of dialplan cannot be folded


def _phones(snapshot: Snapshot) -> str:
    phones = "".join(
        [
            f"exten => {one.number},1,Goto(internal-users,{one.number},1)\n"
            for one in snapshot.phones
        ]
    )
    return phones + _mobiles(snapshot)


def _mobiles(snapshot: Snapshot) -> str:
    """Return the way to mobile numbers, which are dialled like extensions; each comes once."""
    taken = {one.number for one in (*snapshot.phones, *snapshot.applications)}
    mobiles = dict.fromkeys(one.mobile for one in snapshot.phones if one.mobile)
    return "".join(
        f"exten => {number},1,Set(EXTERNALPHONE={number})\n\tsame => n,Goto(outgoing,{number},1)\n"
        for number in map(escaping.number, mobiles)
        if number not in taken
    )


def _ways(rows: Iterable[Application]) -> str:
    return "".join(f"exten => {one.number},1,Goto(applications,{one.number},1)\n" for one in rows)


def _transfers(phones: Iterable[Phone]) -> str:
    return "".join(
        [
            f"exten => {one.number},1,Set(__ISTRANSFER=transfer_)\n"
            "\tsame => n,Set(__QUEUE_SRC_CHAN=)\n"
            f"\tsame => n,Goto(internal-users,{one.number},1)\n"
            for one in phones
        ]
    )


def _hints(snapshot: Snapshot) -> str:
    browsers = pjsip_frame.has_webrtc(snapshot)
    return "".join(
        [
            f"exten => {one.number},hint,PJSIP/{one.number}"
            f"{f'&PJSIP/{one.number}-WS' if browsers and one.webrtc else ''}&Custom:{one.number}\n"
            for one in snapshot.phones
        ]
    )


def _states(rows: Iterable[Application]) -> str:
    return "".join(
        f"exten => {one.number},hint,{escaping.dialplan(one.hint)}\n" for one in rows if one.hint
    )


def _settings(snapshot: Snapshot) -> str:
    """Return what differs from the end of the context: most phones have no settings."""
    browsers = pjsip_frame.has_webrtc(snapshot)
    return "".join(
        f"exten => {one.number},1,Set(FW_TIME={one.ring_length or ''})\n"
        f"\tsame => n,Set(FW={escaping.number(one.forwarding)})\n"
        f"\tsame => n,Set(FW_BUSY={escaping.number(one.forwarding_on_busy)})\n"
        f"\tsame => n,Set(FW_UNAV={escaping.number(one.forwarding_on_unavailable)})\n"
        f"\tsame => n,Set(HAS_WS={'1' if browsers and one.webrtc else ''})\n"
        "\tsame => n,Return()\n"
        for one in snapshot.phones
        if _has_settings(one)
    )


def _has_settings(phone: Phone) -> bool:
    forwarded = phone.forwarding or phone.forwarding_on_busy or phone.forwarding_on_unavailable
    return bool(forwarded or phone.ring_length or phone.webrtc)


def _steps(paper: Paper, application: Application) -> str:
    """Return the extension of an application."""
    try:
        steps = logic.read_steps(application.logic)
    except Wrong as error:
        context = {**error.context, "number": application.number}
        paper.complain("", "application-unreadable", error.message, **context)
        return ""
    lines = []
    for step in steps:
        word = "\tsame =>" if lines else f"exten => {application.number},"
        label = f"({step.label})" if step.label else ""
        lines.append(f"{word}{' ' if lines else ''}{step.priority}{label},{step.application}\n")
    return "".join(lines)
