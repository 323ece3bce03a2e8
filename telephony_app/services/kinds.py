"""Every kind of telephone record with its verbs, as REST and the command line offer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor, Right, require
from telephony_app.domain.words import Kind as NumberKind
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
from telephony_app.selectors import records as find
from telephony_app.selectors import shapes
from telephony_app.selectors.lists import containing
from telephony_app.services import (
    applications,
    codecs,
    extensions,
    interfaces,
    providers,
    records,
    routes,
)

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind: what it is called, how a record is found, and what can be done with one.

    ``key`` is the field by which people name a record, ``fields`` what can be said of one.
    ``secret`` names the field with the password, "" where there is none.
    """

    name: str
    key: str
    fields: tuple[str, ...]
    rows: Callable[[], QuerySet[Any]]
    searched: tuple[str, ...]
    find: Callable[[str], Any]
    shape: Callable[[Any], Shape]
    change: Callable[..., Any]
    create: Callable[..., Any] | None = None
    delete: Callable[..., None] | None = None
    secret: str = ""

    @property
    def plural(self) -> str:
        """Return what REST calls the whole kind."""
        return f"{self.name}s"


def kind_of(name: str) -> RecordKind:
    """Return the kind by its name on the command line. Raises `KeyError`."""
    return KINDS[name]


def list_records(
    *, actor: Actor, kind: RecordKind, search: str = "", offset: int = 0, limit: int = 0
) -> tuple[list[Shape], int]:
    """Return records as JSON values and how many there are in all; a ``limit`` of 0 is none.

    It takes the same few queries whatever their number. Raises ``NotAllowed``.
    """
    require(actor, Right.VIEW_TELEPHONY)
    rows = kind.rows()
    if search:
        rows = rows.filter(containing(search[:100], *kind.searched))
    chosen = rows[offset : offset + limit] if limit else rows[offset:]
    shown = [kind.shape(row) for row in chosen]
    return shown, rows.count() if limit or offset else len(shown)


def show_record(*, actor: Actor, kind: RecordKind, key: str) -> Shape:
    """Return one record as JSON values. Raises ``NotAllowed`` and ``NotFound``."""
    require(actor, Right.VIEW_TELEPHONY)
    return kind.shape(kind.find(key))


def show_secret(*, actor: Actor, kind: RecordKind, key: str) -> str:
    """Return the password of a record; who looked is audited.

    Raises ``NotAllowed`` without the right to change records, and ``NotFound``.
    """
    records.may_change(actor)
    row = kind.find(key)
    held = row.sip if isinstance(row, Extension) else row
    records.tell(actor, f"{kind.name}-secret", key)
    return str(getattr(held, kind.secret))


def _phones() -> QuerySet[Extension]:
    return Extension.objects.filter(kind=NumberKind.PHONE, sip__isnull=False).select_related("sip")


def _incoming() -> QuerySet[IncomingRoute]:
    return IncomingRoute.objects.select_related("provider", "extension")


def _outgoing() -> QuerySet[OutgoingRoute]:
    return OutgoingRoute.objects.select_related("provider")


def _applications() -> QuerySet[DialplanApplication]:
    return DialplanApplication.objects.select_related("extension")


def _by_id(finder: Callable[[int], Any]) -> Callable[[str], Any]:
    def look(key: str) -> Any:
        if not (key.isascii() and key.isdigit() and len(key) < 18):
            raise NotFound(
                "record-not-found",
                _("There is no record “{name}” of this kind any more."),
                context={"name": key[:60]},
            )
        return finder(int(key))

    return look


def _change_incoming(*, actor: Actor, record_id: int, values: Any, revision: Any = None) -> Any:
    """Change a route, also the default one, which has fewer fields."""
    if IncomingRoute.objects.filter(pk=record_id, is_default=True).exists():
        return routes.set_default_route(actor=actor, values=values, revision=revision)
    return routes.change_incoming_route(
        actor=actor, record_id=record_id, values=values, revision=revision
    )


_ALL = (
    RecordKind(
        name="extension",
        key="number",
        fields=extensions.FIELDS,
        rows=_phones,
        searched=("number", "name", "email", "sip__mobile"),
        find=find.find_phone_by_number,
        shape=shapes.extension_record,
        create=extensions.create_extension,
        change=extensions.change_extension,
        delete=extensions.delete_extension,
        secret="secret",  # noqa: S106 - the name of a field
    ),
    RecordKind(
        name="provider",
        key="uniqid",
        fields=providers.FIELDS,
        rows=Provider.objects.all,
        searched=("uniqid", "description", "host", "username"),
        find=find.find_provider,
        shape=shapes.provider_record,
        create=providers.create_provider,
        change=providers.change_provider,
        delete=providers.delete_provider,
        secret="secret",  # noqa: S106 - the name of a field
    ),
    RecordKind(
        name="incoming-route",
        key="id",
        fields=routes.INCOMING_FIELDS,
        rows=_incoming,
        searched=("number", "note", "provider__description", "extension__number"),
        find=_by_id(find.find_incoming_route),
        shape=shapes.incoming_route_record,
        create=routes.create_incoming_route,
        change=_change_incoming,
        delete=routes.delete_incoming_route,
    ),
    RecordKind(
        name="outgoing-route",
        key="id",
        fields=routes.OUTGOING_FIELDS,
        rows=_outgoing,
        searched=("name", "number_begins_with", "note", "provider__description"),
        find=_by_id(find.find_outgoing_route),
        shape=shapes.outgoing_route_record,
        create=routes.create_outgoing_route,
        change=routes.change_outgoing_route,
        delete=routes.delete_outgoing_route,
    ),
    RecordKind(
        name="codec",
        key="name",
        fields=codecs.FIELDS,
        rows=Codec.objects.all,
        searched=("name", "description"),
        find=find.find_codec,
        shape=shapes.codec_record,
        change=codecs.change_codec,
    ),
    RecordKind(
        name="ami-user",
        key="username",
        fields=interfaces.MANAGER_FIELDS,
        rows=ManagerUser.objects.all,
        searched=("username", "description"),
        find=find.find_manager_user,
        shape=shapes.manager_user_record,
        create=interfaces.create_manager_user,
        change=interfaces.change_manager_user,
        delete=interfaces.delete_manager_user,
        secret="secret",  # noqa: S106 - the name of a field
    ),
    RecordKind(
        name="ari-user",
        key="username",
        fields=interfaces.ARI_FIELDS,
        rows=AriUser.objects.all,
        searched=("username", "description"),
        find=find.find_ari_user,
        shape=shapes.ari_user_record,
        create=interfaces.create_ari_user,
        change=interfaces.change_ari_user,
        delete=interfaces.delete_ari_user,
        secret="password",  # noqa: S106 - the name of a field
    ),
    RecordKind(
        name="dialplan-application",
        key="number",
        fields=applications.FIELDS,
        rows=_applications,
        searched=("name", "extension__number", "description"),
        find=find.find_application_by_number,
        shape=shapes.application_record,
        create=applications.create_application,
        change=applications.change_application,
        delete=applications.delete_application,
    ),
)

KINDS: Mapping[str, RecordKind] = {kind.name: kind for kind in _ALL}
"""By the name that the command line uses; REST uses the plural."""
