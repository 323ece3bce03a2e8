"""Telephone records. Services write them."""

from telephony_app.models.application import DialplanApplication
from telephony_app.models.apply import ApplyKind, ApplyMark, ApplyOutcome, ApplyRequest
from telephony_app.models.codec import Codec
from telephony_app.models.extension import Extension, SipAccount
from telephony_app.models.interface import AriUser, ManagerUser
from telephony_app.models.provider import Provider, new_uniqid
from telephony_app.models.route import IncomingRoute, OutgoingRoute

__all__ = [
    "ApplyKind",
    "ApplyMark",
    "ApplyOutcome",
    "ApplyRequest",
    "AriUser",
    "Codec",
    "DialplanApplication",
    "Extension",
    "IncomingRoute",
    "ManagerUser",
    "OutgoingRoute",
    "Provider",
    "SipAccount",
    "new_uniqid",
]
