"""Talking to a live Asterisk over its manager interface (AMI).

    with AmiClient(AmiAccount("127.0.0.1", 5038, "pbxadmin", secret)) as asterisk:
        asterisk.command("dialplan reload")
        for contact in asterisk.action("PJSIPShowContacts").events:
            print(contact.fields["Uri"])

A worker asks for events: ``AmiClient(account, event_mask="call")`` and ``events()``.
"""

from __future__ import annotations

from modules_app.ami.client import AmiClient
from modules_app.ami.values import AmiAccount, AmiEvent, AmiResponse

__all__ = ["AmiAccount", "AmiClient", "AmiEvent", "AmiResponse"]
