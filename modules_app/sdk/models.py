"""Models of a module: Django models in the module's own database (seed 001, reference M5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.db import models
from django.db.models.base import ModelBase

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _


class ModuleModelBase(ModelBase):
    """Names the table ``m_<Class>`` unless ``Meta`` says otherwise."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any
    ) -> ModuleModelBase:
        meta = attrs.get("Meta")
        if not any(getattr(meta, fact, False) for fact in ("abstract", "proxy", "db_table")):
            inherited = next((b.Meta for b in bases if hasattr(b, "Meta")), None)
            parents = tuple(parent for parent in (meta or inherited,) if parent is not None)
            attrs["Meta"] = type("Meta", parents, {"db_table": f"m_{name}"})
        return super().__new__(cls, name, bases, attrs, **kwargs)


class ModuleModel(models.Model, metaclass=ModuleModelBase):
    """The base of a module's models; class ``Numbers`` gets the table ``m_Numbers``."""

    class Meta:
        abstract = True


def refuse_foreign_relations(config: AppConfig) -> None:
    """Raise `Refused` if a model points to a table of another database."""
    outside = sorted(_foreign_relations(config))
    if outside:
        raise Refused(
            "model-relation-outside",
            _("Models of the module point to tables of another database: {relations}."),
            context={"relations": ", ".join(outside)},
            hint=_("Store the id in a plain field; a module has a database of its own."),
        )


def _foreign_relations(config: AppConfig) -> Iterable[str]:
    for model in config.get_models():
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = field.related_model
            if target is None:
                continue
            if isinstance(target, str) or target._meta.app_label != config.label:
                name = target if isinstance(target, str) else target._meta.label
                yield f"{model.__name__}.{field.name} → {name}"
