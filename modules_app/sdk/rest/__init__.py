"""REST resources of a module (the seeds' third generation, reference M11.4).

Write them in ``rest.py``; they answer at ``/api/m/<id>/<path>``.
"""

from __future__ import annotations

from modules_app.sdk.rest.fields import Choice, Field, Flag, Number, Text, TextList
from modules_app.sdk.rest.resource import RestResource, custom
from modules_app.sdk.rest.results import RestError, RestResult

__all__ = [
    "Choice",
    "Field",
    "Flag",
    "Number",
    "RestError",
    "RestResource",
    "RestResult",
    "Text",
    "TextList",
    "custom",
]
