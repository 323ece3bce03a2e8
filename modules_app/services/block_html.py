"""HTML of modules made harmless for pages of PBX Admin (reference W13, M6.5).

Whatever a module sends, the result is a balanced piece of a page: no script, no style, nothing
that reaches outside of its box, and forms that lead to the module's own pages only.
"""

from __future__ import annotations

import html
import re
from typing import Any

import nh3
from django.utils.safestring import SafeString

_TAGS = frozenset(
    """
    a abbr article aside b blockquote br button caption code col colgroup dd details div dl dt em
    fieldset figcaption figure form h2 h3 h4 h5 h6 hr i img input label legend li mark ol option
    optgroup output p pre progress samp section select small span strong sub summary sup table
    tbody td textarea tfoot th thead time tr u ul
    """.split()
)
_CONTROLS = frozenset("button fieldset form input option optgroup select textarea".split())
_EVERYWHERE = {"class", "id", "title", "lang", "dir", "role", "hidden"} | {
    f"aria-{name}" for name in ("describedby", "hidden", "label", "labelledby", "live")
}
_ATTRIBUTES = {
    "a": {"href"},
    "button": {"type", "name", "value", "disabled"},
    "details": {"open"},
    "fieldset": {"disabled"},
    "form": {"action", "method"},
    "img": {"src", "alt", "width", "height"},
    "input": set(
        "type name value checked disabled required readonly min max step placeholder maxlength "
        "minlength pattern autocomplete size inputmode".split()
    ),
    "label": {"for"},
    "ol": {"start"},
    "optgroup": {"label", "disabled"},
    "option": {"value", "selected", "disabled", "label"},
    "progress": {"value", "max"},
    "select": {"name", "multiple", "required", "disabled", "size"},
    "td": {"colspan", "rowspan", "data-label"},
    "textarea": set("name rows cols required readonly disabled placeholder maxlength".split()),
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_INPUTS = frozenset(
    "button checkbox color date datetime-local email hidden month number radio range reset search "
    "submit tel text time url week".split()
)
_NAMES = frozenset(("id", "for", "aria-labelledby", "aria-describedby"))
_SKIPPED = frozenset("script style template noscript iframe object embed svg math title".split())
_RULES: dict[str, Any] = {
    "clean_content_tags": set(_SKIPPED),
    "attributes": {**_ATTRIBUTES, "*": _EVERYWHERE},
    "url_schemes": {"http", "https", "mailto", "tel"},
    "link_rel": "noopener noreferrer",
    "strip_comments": True,
}
_FORM = re.compile(r"<form\b([^>]*)>")
_ACTION = re.compile(r' action="([^"]*)"')
_METHOD = re.compile(r' method="([^"]*)"')


def clean_block(
    text: str, *, module_id: str, token: str = "", controls: bool = True
) -> SafeString:
    """Return what ``text`` of a module may show on one of our pages.

    Names of elements get the module's id in front, so that they meet no name of the page.
    ``token`` goes into each form that is sent by POST. Without ``controls`` fields and forms are
    left out: inside a form of ours they would be sent with it.
    """
    own = f"/m/{module_id}/"
    tags = set(_TAGS if controls else _TAGS - _CONTROLS)

    def judge(tag: str, name: str, value: str) -> str | None:
        return _judged(module_id, tag, name, value)

    cleaned = nh3.clean(text, tags=tags, attribute_filter=judge, **_RULES)
    formed = _FORM.sub(lambda found: _form(found[1], own, token), cleaned)
    # Once more, so that what is marked as clean is what the cleaner gave.
    return SafeString(nh3.clean(formed, tags=tags, **_RULES))


def _judged(module_id: str, tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute may have, None to drop it."""
    own = f"/m/{module_id}/"
    if "<" in value or ">" in value:
        return None
    if name in _NAMES:
        return " ".join(f"{module_id}-{part}" for part in value.split())
    if name == "href" and value.startswith("#"):
        return f"#{module_id}-{value[1:]}" if len(value) > 1 else None
    if tag == "form" and name == "action":
        return value if _is_below(value, own) else None
    if tag == "img" and name == "src":
        return value if _is_below(value, f"/assets/{module_id}/") else None
    if tag == "input" and name == "type":
        return value if value.lower() in _INPUTS else "text"
    if tag == "button" and name == "type":
        return value if value.lower() in ("submit", "reset", "button") else None
    return value


def _is_below(address: str, start: str) -> bool:
    plain = address.isprintable() and not any(part in address for part in ("..", "\\", "%"))
    return plain and address.startswith(start)


def _form(attributes: str, own: str, token: str) -> str:
    """Return the tag of a form that certainly leads to the module, with its token."""
    action = _ACTION.search(attributes)
    method = _METHOD.search(attributes)
    by_post = method is not None and method[1].lower() == "post"
    rest = _METHOD.sub("", _ACTION.sub("", attributes))
    target = action[1] if action else html.escape(own)
    tag = f'<form{rest} action="{target}" method="{"post" if by_post else "get"}">'
    if not by_post or not token:
        return tag
    field = f'<input type="hidden" name="csrfmiddlewaretoken" value="{html.escape(token)}">'
    return tag + field
