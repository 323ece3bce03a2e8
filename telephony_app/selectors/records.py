"""Finding single records, by number or by the name that people use for them."""

from __future__ import annotations

from typing import Any, TypeVar

from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.words import Kind
from telephony_app.models import (
    AriUser,
    Codec,
    DialplanApplication,
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
)
from telephony_app.models.base import TelephonyModel

Record = TypeVar("Record", bound=TelephonyModel)


def find_record(model: type[Record], record_id: int) -> Record:
    """Return a record by its number in the database. Raises ``NotFound``."""
    return found(model.objects.filter(pk=record_id).first(), record_id)  # type: ignore[attr-defined]


def find_phone(record_id: int) -> Extension:
    """Return a phone with its account. Raises ``NotFound``."""
    return found(_phones().filter(pk=record_id).first(), record_id)


def find_phone_by_number(number: str) -> Extension:
    """Return a phone with its account by its number. Raises ``NotFound``."""
    return found(_phones().filter(number=number).first(), number)


def find_extension(number: str) -> Extension:
    """Return whatever has a number: a phone, an application, a system number."""
    return found(Extension.objects.filter(number=number).first(), number)


def find_provider(uniqid: str) -> Provider:
    """Return a provider by its identifier. Raises ``NotFound``."""
    return found(Provider.objects.filter(uniqid=uniqid).first(), uniqid)


def find_incoming_route(record_id: int) -> IncomingRoute:
    """Return an incoming route with what it refers to. Raises ``NotFound``."""
    rows = IncomingRoute.objects.select_related("provider", "extension")
    return found(rows.filter(pk=record_id).first(), record_id)


def find_outgoing_route(record_id: int) -> OutgoingRoute:
    """Return an outgoing route with its provider. Raises ``NotFound``."""
    rows = OutgoingRoute.objects.select_related("provider")
    return found(rows.filter(pk=record_id).first(), record_id)


def find_codec(name: str) -> Codec:
    """Return a codec by its name. Raises ``NotFound``."""
    return found(Codec.objects.filter(name=name).first(), name)


def find_manager_user(username: str) -> ManagerUser:
    """Return an AMI user by name. Raises ``NotFound``."""
    return found(ManagerUser.objects.filter(username=username).first(), username)


def find_ari_user(username: str) -> AriUser:
    """Return an ARI user by name. Raises ``NotFound``."""
    return found(AriUser.objects.filter(username=username).first(), username)


def find_application(record_id: int) -> DialplanApplication:
    """Return a dialplan application with its number. Raises ``NotFound``."""
    rows = DialplanApplication.objects.select_related("extension")
    return found(rows.filter(pk=record_id).first(), record_id)


def find_application_by_number(number: str) -> DialplanApplication:
    """Return the dialplan application that has a number. Raises ``NotFound``."""
    rows = DialplanApplication.objects.select_related("extension")
    return found(rows.filter(extension__number=number).first(), number)


def found(record: Record | None, name: Any) -> Record:
    """Return the record. Raises ``NotFound`` when there is none."""
    if record is None:
        raise NotFound(
            "record-not-found",
            _("There is no record “{name}” of this kind any more."),
            context={"name": str(name)[:60]},
        )
    return record


def _phones() -> Any:
    return Extension.objects.filter(kind=Kind.PHONE, sip__isnull=False).select_related("sip")
