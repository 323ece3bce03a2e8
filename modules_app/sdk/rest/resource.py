"""A resource: records of one kind under one address (reference M11.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, models, router, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from modules_app.domain.rest import METHODS, STANDARD
from modules_app.sdk.rest.fields import Field
from modules_app.sdk.rest.results import RestError, RestResult
from modules_app.sdk.rest.saving import Intent, clean, refusal

F = TypeVar("F", bound=Callable[..., Any])

_WRITING = {"create": Intent.CREATE, "update": Intent.UPDATE, "patch": Intent.PATCH}
_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Custom:
    """A method of a resource beyond the usual ones: ``{id}:name``, or ``:name`` of them all."""

    name: str
    method: str
    collection: bool
    docs: str

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "name": self.name,
            "method": self.method,
            "collection": self.collection,
            "docs": self.docs,
        }


def custom(method: str = "POST", *, collection: bool = False) -> Callable[[F], F]:
    """Make a method of a resource answer at ``{id}:name``, or with ``collection`` at ``:name``.

    It gets the id, if any, and what was sent: the query of a GET, else the body.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of {', '.join(METHODS)}")

    def mark(function: F) -> F:
        docs = (function.__doc__ or "").strip().split("\n", 1)[0]
        function.rest = Custom(function.__name__, method, collection, docs)  # type: ignore[attr-defined]
        return function

    return mark


class RestResource:
    """Answers at ``/api/m/<id>/<path>``; one object is made per request.

    Declare fields as attributes and name a ``model``, and list, get, create, update, patch and
    delete work; a field whose name means something here goes into a dict ``fields`` instead.
    Override what is different; without a model, override what you list in ``methods``.

    ``public`` names methods that need no login: the manifest must ask for the grant
    "public-routes" and an administrator must give it.
    """

    path: ClassVar[str] = ""
    model: ClassVar[type[models.Model] | None] = None
    methods: ClassVar[tuple[str, ...]] = ()
    public: ClassVar[tuple[str, ...]] = ()
    search_fields: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[str] = "pk"
    page_size: ClassVar[int] = 50
    most: ClassVar[int] = 500
    fields: ClassVar[dict[str, Field]] = {}
    customs: ClassVar[dict[str, Custom]] = {}

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        if taken := sorted(own.keys() & vars(RestResource).keys()):
            raise ValueError(f"{taken} mean something else here; name them in a dict, fields = …")
        inherited = super(cls, cls).fields
        cls.fields = {**inherited, **vars(cls).get("fields", {}), **own}
        found = [getattr(getattr(cls, name, None), "rest", None) for name in dir(cls)]
        cls.customs = {one.name: one for one in found if isinstance(one, Custom)}
        if "path" not in vars(cls):
            cls.path = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()
        if not _PATH.fullmatch(cls.path):
            raise ValueError(f"{cls.path!r} is no path such as black-list or lists/numbers")
        if "methods" not in vars(cls) and cls.model is not None:
            cls.methods = tuple(STANDARD)
        unknown = set(cls.public) - set(cls.methods) - set(cls.customs)
        if unknown:
            raise ValueError(f"public names no method of {cls.__name__}: {sorted(unknown)}")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user

    # What authors override

    def queryset(self) -> QuerySet[Any]:
        """Return the records that there are for whoever asks."""
        if self.model is None:
            raise NotImplementedError(f"{type(self).__name__} has neither model nor this method")
        return self.model._default_manager.all()

    def represent(self, record: Any) -> dict[str, Any]:
        """Return a record as JSON values: ``id`` and the declared fields."""
        if isinstance(record, Mapping):
            return dict(record)
        shown = {name: getattr(record, name, None) for name in self.fields}
        return {"id": record.pk, **shown}

    def validate(self, values: dict[str, Any], record: Any) -> None:
        """Raise `RestError` for values that do not fit together; ``record`` is None on create."""

    def list(self, query: Mapping[str, str]) -> RestResult:
        """Return a page of records: ``limit``, ``offset``, ``search``, ``order`` of the query."""
        found = self._searched(self.queryset(), query.get("search", ""))
        found = found.order_by(self._order(query.get("order", "")), "pk")
        limit = min(_whole(query, "limit", self.page_size), self.most)
        offset = _whole(query, "offset", 0)
        total = found.count()
        records = [self.represent(one) for one in found[offset : offset + limit]]
        more = offset + len(records) < total
        pagination = {"total": total, "limit": limit, "offset": offset, "hasMore": more}
        return RestResult(data=records, pagination=pagination)

    def get(self, id: str) -> Any:
        """Return one record."""
        return self.find(id)

    def create(self, values: dict[str, Any]) -> Any:
        """Save a new record."""
        if self.model is None:
            raise NotImplementedError(f"{type(self).__name__} has neither model nor this method")
        return self.save(self.model(**values), [*values])

    def update(self, id: str, values: dict[str, Any]) -> Any:
        """Save what was sent over a record; everything required was sent."""
        return self.patch(id, values)

    def patch(self, id: str, values: dict[str, Any]) -> Any:
        """Save only the fields that were sent."""
        record = self.find(id)
        for name, value in values.items():
            setattr(record, name, value)
        return self.save(record, [*values])

    def delete(self, id: str) -> Any:
        """Delete a record."""
        self.find(id).delete()
        return None

    # What they call

    def find(self, id: str) -> Any:
        """Return a record by its id. Raises `RestError` (404)."""
        try:
            return self.queryset().get(pk=id)
        except (ObjectDoesNotExist, ValueError, OverflowError):
            raise RestError(404, _("There is no record “%(id)s”.") % {"id": id[:64]}) from None

    def save(self, record: Any, names: Sequence[str]) -> Any:
        """Write these fields of a record in a transaction; clashes become `RestError` (409)."""
        new = record.pk is None or record._state.adding
        skipped = {field.name for field in record._meta.fields} - set(names)
        try:
            with transaction.atomic(using=router.db_for_write(type(record))):
                record.full_clean(exclude=skipped)
                record.save(**({} if new else {"update_fields": names}))
        except ValidationError as error:
            raise refusal({k: " ".join(v) for k, v in error.message_dict.items()}) from None
        except IntegrityError as error:
            raise RestError(409, _("Another record stands against it.")) from error
        return record

    # What the host calls

    def run(self, action: str, parts: Mapping[str, str], sent: Any) -> Any:
        """Answer one request: ``sent`` is the query of a GET or DELETE, else the body."""
        arguments = tuple(parts[name] for name in ("id",) if name in parts)
        if action in self.customs:
            return self._shown(getattr(self, action)(*arguments, sent))
        if action in _WRITING:
            return self._write(_WRITING[action], arguments, sent)
        if action == "list":
            return self.list(sent)
        found = getattr(self, action)(*arguments)
        return self._shown(found)

    def _write(self, intent: Intent, arguments: Sequence[str], sent: Any) -> Any:
        record = self.find(arguments[0]) if arguments and self.model is not None else None
        values = clean(self.fields, sent, intent)
        self.validate(values, record)
        found = self._shown(getattr(self, intent.value)(*arguments, values))
        if intent is Intent.CREATE and not isinstance(found, RestResult):
            return RestResult(data=found, status=201)
        return found

    def _shown(self, found: Any) -> Any:
        return self.represent(found) if isinstance(found, models.Model) else found

    def _searched(self, found: QuerySet[Any], text: str) -> QuerySet[Any]:
        if not text or not self.search_fields:
            return found
        wanted = Q()
        for name in self.search_fields:
            wanted |= Q(**{f"{name}__icontains": text[:100]})
        return found.filter(wanted)

    def _order(self, asked: str) -> str:
        name = asked.removeprefix("-")
        return asked if name in self.fields or name in ("id", "pk") else self.order

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """Return what the OpenAPI document says of this resource, as JSON values."""
        whole = cls.model is not None and isinstance(
            cls.model._meta.pk, models.IntegerField | models.AutoField
        )
        return {
            "path": cls.path,
            "name": cls.__name__,
            "docs": (cls.__doc__ or "").strip().split("\n\n", 1)[0],
            "id_type": "integer" if whole else "string",
            "methods": [*cls.methods],
            "public": [*cls.public],
            "required": [n for n, f in cls.fields.items() if f.required and not f.read_only],
            "fields": {name: field.describe() for name, field in cls.fields.items()},
            "custom": [one.as_dict() for one in cls.customs.values()],
        }


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = str(query.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
