"""Contexts that are the same in every system: what happens to channels around a call (M7.1).

MikoPBX has these subroutines in Lua; here they are plain contexts. Those that only serve its call
records and its recording come with these.
"""

from __future__ import annotations

ANY = "_[0-9*#+a-zA-Z]!"
"""One sign or more. It matches ``h``, ``i`` and ``t``, too: `GUARD` takes these away from it."""

GUARD = "exten => _[hit],1,Hangup()\n"

SUBROUTINES = f"""\
[internal-num-undefined]
exten => {ANY},1,Set(DIALSTATUS=INVALID_NUMBER)
	same => n,Progress()
	same => n,Playback(pbx-invalid,noanswer)
	same => n,Hangup(1)
{GUARD}
[set-answer-state]
exten => s,1,Set(MASTER_CHANNEL(M_DIALSTATUS)=ANSWER)
	same => n,Return()

[set-dial-contacts]
exten => {ANY},1,Set(DST_CONTACT=${{PJSIP_DIAL_CONTACTS(${{EXTEN}})}})
	same => n,GotoIf($["${{HAS_WS}}" != "1"]?done)
	same => n,Set(WS_CONTACT=${{PJSIP_DIAL_CONTACTS(${{EXTEN}}-WS)}})
	same => n,GotoIf($["${{WS_CONTACT}}" = ""]?done)
	same => n,ExecIf($["${{DST_CONTACT}}" != ""]?Set(DST_CONTACT=${{DST_CONTACT}}&))
	same => n,Set(DST_CONTACT=${{DST_CONTACT}}${{WS_CONTACT}})
	same => n(done),Return()
{GUARD}
[set_from_peer]
exten => s,1,Set(__FROM_PEER=${{CALLERID(num)}})
	same => n,GotoIf($["${{CHANNEL(channeltype)}}" != "PJSIP"]?done)
	same => n,Set(__FROM_PEER=${{CHANNEL(endpoint)}})
	same => n,ExecIf($["${{FROM_PEER:-3}}" = "-WS"]?Set(__FROM_PEER=${{FROM_PEER:0:-3}}))
	same => n(done),Return()

[set_orign_chan]
exten => s,1,ExecIf($["${{FROM_PEER}}" = ""]?Set(__FROM_PEER=${{CALLERID(num)}}))
	same => n,Return()

[hangup_handler]
exten => s,1,GosubIf($[${{DIALPLAN_EXISTS(hangup_handler-custom,s,1)}}]?hangup_handler-custom,s,1)
	same => n,Return()

[add-trim-prefix-clid]
exten => {ANY},1,GosubIf($[${{DIALPLAN_EXISTS(add-trim-prefix-clid-custom,${{EXTEN}},1)}}]?add-trim-prefix-clid-custom,${{EXTEN}},1)
	same => n,Return()
{GUARD}
"""  # noqa: E501 - a line of dialplan cannot be folded

MESSAGES = f"""\
[sipregistrations]

[messages]
exten => {ANY},1,MessageSend(pjsip:${{FILTER(*#0-9,${{EXTEN}})}},${{MESSAGE(from)}})
	same => n,Hangup()
{GUARD}
"""

ORIGINATE = f"""\
[internal-originate]
exten => {ANY},1,Set(number=${{FILTER(*#+0-9,${{EXTEN}})}})
	same => n,ExecIf($["${{number}}" = ""]?Hangup())
	same => n,Gosub(phone-settings,${{number}},1)
	same => n,Gosub(set-dial-contacts,${{number}},1)
	same => n,GotoIf($["${{DST_CONTACT}}" = ""]?away)
	same => n,Gosub(set-auto-answer-header,s,1)
	same => n,Dial(${{DST_CONTACT}},60,TtekKHhb(originate-create-channel,s,1)U(originate-answer-channel))
	same => n,Hangup()
	same => n(away),Hangup(20)
{GUARD}
[set-auto-answer-header]
exten => s,1,ExecIf($["${{AUTO_ANSWER}}" = "1"]?Set(_SIP_HEADER=Call-Info: \\;answer-after=0))
	same => n,Return()

[originate-create-channel]
exten => s,1,Gosub(dial_create_chan,s,1)
	same => n,Return()

[originate-answer-channel]
exten => s,1,Set(IS_ORGNT=${{EMPTY}})
	same => n,Return()

"""  # noqa: E501 - a line of dialplan cannot be folded

CREATED = """\
[dial_create_chan]
exten => s,1,Set(CHANNEL(hangup_handler_wipe)=hangup_handler,s,1)
	same => n,ExecIf($["${SIP_HEADER}" != "" & "${CHANNEL(channeltype)}" = "PJSIP"]?Set(PJSIP_HEADER(add,${CUT(SIP_HEADER,:,1)})=${CUT(SIP_HEADER,:,2-)}))
"""  # noqa: E501 - a line of dialplan cannot be folded
CREATED_END = "\tsame => n,Return()\n\n"
