"""Talking to a live Asterisk over its manager interface (AMI); see `modules_app.ami`.

It stands there because workers of modules use it as well, and they do not see the telephone part.
"""

from __future__ import annotations

from modules_app.ami import AmiAccount, AmiClient, AmiEvent, AmiResponse

__all__ = ["AmiAccount", "AmiClient", "AmiEvent", "AmiResponse"]
