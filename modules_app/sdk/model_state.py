"""What the database knows of a model, as JSON that outlives the module's code.

Only facts that reach the database are kept: no labels, validators or defaults, so that a new help
text is no change and a vanished validator no obstacle.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

_OPTIONS = frozenset(
    {"db_table", "managed", "proxy", "unique_together", "indexes", "constraints"}
    | {"order_with_respect_to", "db_table_comment"}
)
_NOT_STORED = {*models.Field.non_db_attrs, "default"} - {"db_column"}


def database_state(state: ModelState) -> ModelState:
    """Return the model without options and managers that never reach the database."""
    options = {name: value for name, value in state.options.items() if name in _OPTIONS}
    return ModelState(state.app_label, state.name, state.fields.items(), options, state.bases, [])


def dump_state(states: Iterable[ModelState]) -> str:
    """Return the models as JSON text for `load_state`."""
    return json.dumps([_dump_model(state) for state in states])


def load_state(label: str, text: str) -> ProjectState:
    """Return the models that `dump_state` stored, as models of the application ``label``."""
    project = ProjectState()
    for model in json.loads(text):
        options = _load(model["options"])
        if "unique_together" in options:
            options["unique_together"] = {tuple(group) for group in options["unique_together"]}
        fields = [(name, load_field(dumped)) for name, dumped in model["fields"]]
        bases = tuple(model["bases"]) or (models.Model,)
        project.add_model(ModelState(label, model["name"], fields, options, bases, []))
    return project


def dump_field(field: models.Field[Any, Any]) -> Any:
    """Return what makes two fields the same to the database."""
    _name, path, arguments, keywords = field.deconstruct()
    stored = {name: value for name, value in keywords.items() if name not in _NOT_STORED}
    return _dump_object(path, arguments, stored)


def load_field(dumped: Any) -> models.Field[Any, Any]:
    """Return a field for `dump_field`'s answer."""
    keywords = _load(dumped["keywords"])
    kind = _find(dumped["is"])
    if issubclass(kind, models.ForeignKey):
        keywords["on_delete"] = models.DO_NOTHING
    field: models.Field[Any, Any] = kind(*_load(dumped["arguments"]), **keywords)
    return field


def _dump_model(state: ModelState) -> dict[str, Any]:
    options = dict(state.options)
    if "unique_together" in options:
        options["unique_together"] = sorted(options["unique_together"])
    return {
        "name": state.name,
        "fields": [[name, dump_field(field)] for name, field in state.fields.items()],
        "options": _dump(options),
        "bases": [base for base in state.bases if isinstance(base, str)],
    }


def _dump_object(path: str, arguments: Any, keywords: Any) -> dict[str, Any]:
    return {"is": path, "arguments": _dump(list(arguments)), "keywords": _dump(dict(keywords))}


def _dump(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | set):
        return [_dump(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_dump(item) for item in value]}
    if isinstance(value, dict):
        return {"map": [[name, _dump(item)] for name, item in value.items()]}
    if hasattr(value, "deconstruct"):
        path, arguments, keywords = value.deconstruct()[-3:]
        return _dump_object(path, arguments, keywords)
    if callable(value):
        return {"name": f"{value.__module__}.{value.__qualname__}"}
    kind = type(value)
    return {"is": f"{kind.__module__}.{kind.__qualname__}", "text": str(value)}


def _load(value: Any) -> Any:
    if isinstance(value, list):
        return [_load(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(_load(item) for item in value["tuple"])
    if "map" in value:
        return {name: _load(item) for name, item in value["map"]}
    if "name" in value:
        return _find(value["name"])
    if "text" in value:
        return _find(value["is"])(value["text"])
    return _find(value["is"])(*_load(value["arguments"]), **_load(value["keywords"]))


def _find(path: str) -> Any:
    module, _dot, name = path.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Refused(
            "model-part-gone",
            _("The tables were made with “{name}”, which the module no longer has."),
            context={"name": path},
            hint=_("The package must keep that class, or bring Django migrations."),
        ) from error
