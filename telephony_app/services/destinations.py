"""Whose destination a route goes to: modules are asked, so that none is stored that is not there.

Ask outside of a transaction: it may take a second.
"""

from __future__ import annotations

from modules_app.domain.destinations import DESTINATIONS
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.answers import implementers
from modules_app.services.destinations import list_of_module
from telephony_app.domain.faults import ValuesInvalid, Wrong
from telephony_app.services.records import Values

_LANGUAGE = "en"


def with_module(values: Values) -> Values:
    """Return the values with ``destination_module``: the module that offers ``destination``.

    Raises `ValuesInvalid` when nobody offers it. A named module that gives no answer is believed.
    """
    place = str(values.get("destination") or "")
    if not place:
        return values
    named = str(values.get("destination_module") or "")
    silent = False
    for module_id in [named] if named else sorted(implementers(DESTINATIONS)):
        offered = list_of_module(module_id, language=_LANGUAGE)
        if offered is None:
            silent = True
        elif any(one.value == place for one in offered):
            return {**values, "destination_module": module_id}
    if named and silent:
        return values
    raise ValuesInvalid(
        {"destination": Wrong(_("No module in use offers the destination “{text}”."), text=place)}
    )
