"""Template helpers of the pages: icons, translated sentences, words for verbs and outcomes."""

from __future__ import annotations

import functools
import html
from collections.abc import Iterable, Mapping
from typing import Any

import lucide
import nh3
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from lucide.templatetags.lucide import lucide as draw

from modules_app.domain.audit_actions import AUDIT_ACTIONS
from modules_app.domain.batches import BATCH_LABELS, BatchOutcome
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.domain.states import ModuleState, Verb
from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.engine import engine_state
from modules_app.selectors.menu import MenuGroup, MenuLink
from modules_app.selectors.modules import loaded_module_admins
from modules_app.templatetags.icon_names import ICON_NAMES
from modules_app.templatetags.words import in_words

register = template.Library()

STATE_ICONS: dict[str, str] = {
    ModuleState.WORKING: "loader-circle",
    ModuleState.ENABLED: "circle-check",
    ModuleState.DISABLED: "circle-minus",
    ModuleState.PAUSED: "circle-pause",
    ModuleState.INCOMPATIBLE: "unplug",
    ModuleState.BROKEN: "circle-x",
    ModuleState.NEEDS_ATTENTION: "triangle-alert",
}
OUTCOME_ICONS: dict[str, str] = {
    Outcome.QUEUED: "clock",
    Outcome.RUNNING: "loader-circle",
    Outcome.DONE: "circle-check",
    Outcome.FAILED: "circle-x",
    Outcome.REFUSED: "ban",
    Outcome.CANCELLED: "circle-slash",
    Outcome.ABORTED: "zap-off",
}
OUTCOME_COLOURS: dict[str, str] = {
    Outcome.QUEUED: "secondary",
    Outcome.RUNNING: "info",
    Outcome.DONE: "success",
    Outcome.FAILED: "danger",
    Outcome.REFUSED: "warning",
    Outcome.CANCELLED: "secondary",
    Outcome.ABORTED: "warning",
}
BATCH_LOOKS: dict[BatchOutcome, tuple[str, str]] = {
    BatchOutcome.RUNNING: ("text-info-emphasis", "loader-circle"),
    BatchOutcome.DONE: ("text-success-emphasis", "circle-check"),
    BatchOutcome.PARTLY: ("text-warning-emphasis", "circle-alert"),
    BatchOutcome.FAILED: ("text-danger-emphasis", "circle-x"),
}
EXCERPT = 240
AUDIT_OUTCOMES = {
    "committed": ("git-commit-horizontal", "info", _("Switched over")),
    "requested": ("circle-question-mark", "secondary", _("Requested")),
    "denied": ("shield-x", "danger", _("Denied")),
    "busy": ("hourglass", "warning", _("Busy")),
    "asked": ("key-round", "secondary", _("Password asked")),
    "passed": ("shield-check", "success", _("Password right")),
}
_DESCRIPTION_TAGS = {
    "a", "b", "br", "code", "em", "h3", "h4", "h5", "i", "li", "ol", "p", "pre", "strong", "u", "ul"
}  # fmt: skip
_MENU_LINK = '<li><a href="{url}"{mark}>{icon}<span>{caption}{note}</span></a></li>'
_MENU_NOTE = ' <small class="nav-note" title="{reason}">{label}</small>'
_CURRENT = format_html(' aria-current="{}"', "page")


@register.simple_tag
def icon(name: str, size: int = 20) -> str:
    """Draw an icon by lucide's, MikoPBX's or FreePBX's name; an unknown one is a puzzle."""
    return _draw(str(name), size)


@functools.lru_cache(maxsize=512)
def _draw(name: str, size: int) -> str:
    attributes: dict[str, Any] = {"aria_hidden": "true", "class": "icon", "focusable": "false"}
    try:
        return draw(ICON_NAMES.get(name.strip().casefold(), name), size=size, **attributes)
    except lucide.IconDoesNotExist:
        return draw("puzzle", size=size, **attributes)


@register.simple_tag
def current_link(groups: Iterable[MenuGroup], module_id: str, path: str) -> str:
    """Return the address of the one entry that leads here: the longest that begins ``path``.

    A page of the module that no entry begins belongs to the module's first entry.
    """
    own = [link.url for group in groups for link in group.items if link.module_id == module_id]
    return max((url for url in own if path.startswith(url)), key=len, default="".join(own[:1]))


@register.simple_tag
def menu_links(links: tuple[MenuLink, ...], current: str) -> str:
    """Draw the entries of the sidebar; there may be many, so they are no templates of their own.

    ``current`` is the address of the entry whose page this is.
    """
    note = _engine_note() if any(link.needs_engine for link in links) else ""
    here = current if any(link.url == current for link in links) else ""
    return _menu_links(links, here, note)


def _engine_note() -> str:
    """Return why pages that need Asterisk do not open, "" while they do."""
    found = engine_state()
    if found.connected:
        return ""
    return format_html(_MENU_NOTE, reason=gettext(found.reason), label=gettext(found.label))


@functools.lru_cache(maxsize=32)
def _menu_links(links: tuple[MenuLink, ...], current: str, note: str) -> str:
    nothing = format_html("{}", "")
    drawn = ((_menu_link(x, x.url == current, note if x.needs_engine else nothing),) for x in links)
    return format_html_join("\n", "{}", drawn)


@functools.lru_cache(maxsize=4096)
def _menu_link(link: MenuLink, current: bool, note: str) -> str:
    drawn = _draw(link.icon or "puzzle", 20)
    mark = _outside(link) if link.leads_out else _CURRENT if current else ""
    return format_html(
        _MENU_LINK, url=link.url, mark=mark, icon=drawn, caption=link.caption, note=note
    )


def _outside(link: MenuLink) -> str:
    """Return the attributes of a link to another site, which learns nothing of where it was."""
    if not link.target:
        return format_html(' rel="{}"', "noopener noreferrer")
    return format_html(' rel="{}" target="{}"', "noopener noreferrer", link.target)


@register.simple_tag
def state_badge(state: str, label: str) -> str:
    """Draw a module's state: an icon and the word, never the colour alone (WCAG 1.4.1)."""
    return _badge(f"state state-{state}", STATE_ICONS[state], gettext(label))


@register.simple_tag
def outcome_badge(outcome: str) -> str:
    """Draw how an operation or one of its stages stands."""
    label = gettext(OUTCOME_LABELS[Outcome(outcome)])
    return _badge(f"state text-{OUTCOME_COLOURS[outcome]}-emphasis", OUTCOME_ICONS[outcome], label)


@register.simple_tag
def batch_badge(outcome: str) -> str:
    """Draw how several operations stand as a whole."""
    css, icon_name = BATCH_LOOKS[BatchOutcome(outcome)]
    return _badge(f"state {css}", icon_name, gettext(BATCH_LABELS[BatchOutcome(outcome)]))


@register.simple_tag
def audit_badge(outcome: str) -> str:
    """Draw how an event of the audit ended: an operation's outcome, or an attempt's."""
    if outcome in OUTCOME_ICONS:
        return outcome_badge(outcome)
    icon_name, colour, _label = AUDIT_OUTCOMES.get(outcome, ("circle", "secondary", outcome))
    return _badge(f"state text-{colour}-emphasis", icon_name, outcome_name(outcome))


def outcome_name(outcome: str) -> str:
    """Return how an event of the audit ended, in words."""
    if outcome in OUTCOME_ICONS:
        return gettext(OUTCOME_LABELS[Outcome(outcome)])
    return gettext(AUDIT_OUTCOMES[outcome][2]) if outcome in AUDIT_OUTCOMES else outcome


def _badge(css: str, icon_name: str, label: str) -> str:
    drawn = _draw(icon_name, 18)
    return format_html('<span class="{}">{}<span>{}</span></span>', css, drawn, label)


@register.simple_tag
def module_admins() -> list[tuple[str, str]]:
    """Return id and address of the admin of every loaded module (design 3)."""
    return loaded_module_admins()


@register.filter
def sentence(value: Any, part: str = "message") -> str:
    """Translate a stored English sentence, then fill its placeholders.

    Takes plain text or a mapping (error, finding, plan line) whose ``part`` holds the sentence.
    """
    if isinstance(value, Mapping):
        text = str(value.get(part) or "")
        return fill(gettext(text), in_words(value.get("context") or {})) if text else ""
    return gettext(str(value)) if value else ""


@register.filter
def verb_name(verb: str) -> str:
    """Return the verb as the name of an operation."""
    names = {
        "install": pgettext("operation", "Installation"),
        "upgrade": pgettext("operation", "Upgrade"),
        "enable": pgettext("operation", "Enabling"),
        "disable": pgettext("operation", "Disabling"),
        "remove": pgettext("operation", "Removal"),
        "rollback": pgettext("operation", "Return to the version before"),
        "repair": pgettext("operation", "Repair"),
        "purge": pgettext("operation", "Deletion of left-over data"),
        "import": pgettext("operation", "Import of data"),
        "export": pgettext("operation", "Export of data"),
    }
    return names.get(verb, verb)


@register.filter
def way_out_name(verb: str, previous: str) -> str:
    """Return the words on the button of a verb; ``previous`` is the version that is kept."""
    names = {
        "enable": gettext("Enable"),
        "disable": gettext("Disable"),
        "rollback": gettext("Return to {version}").format(version=previous),
        "repair": gettext("Repair"),
        "upgrade": gettext("Upload another version"),
        "remove": gettext("Remove"),
    }
    return names.get(verb, verb)


@register.filter
def action_name(action: str) -> str:
    """Return what an event of the audit is about, in words where there are some."""
    if action.startswith("module-") and (verb := action.removeprefix("module-")) in list(Verb):
        return verb_name(verb)
    return gettext(AUDIT_ACTIONS[action]) if action in AUDIT_ACTIONS else action


@register.filter
def channel_name(channel: str) -> str:
    """Return from where somebody acted, in words."""
    names = {
        "web": gettext("web page"),
        "cli": gettext("command line"),
        "api": gettext("REST"),
        "system": gettext("the system itself"),
    }
    return names.get(channel, channel)


@register.filter
def actor_name(name: str) -> str:
    """Return who switched a module, in words for what is no person."""
    names = {
        "command line": gettext("command line"),
        "host": gettext("the system itself"),
        "operator": gettext("the system itself"),
        "system": gettext("the system itself"),
    }
    return names.get(name, name)


@register.filter
def excerpt(text: str, length: int = EXCERPT) -> str:
    """Return a long text cut after ``length`` characters; what follows is folded elsewhere."""
    line = " ".join(str(text).split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


@register.filter
def is_long(text: str) -> bool:
    """Tell whether `excerpt` leaves something out."""
    return len(str(text)) > EXCERPT or "\n" in str(text).strip()


@register.filter
def contract_name(contract: str) -> str:
    """Return the system whose contract a module speaks."""
    return {"mikopbx": "MikoPBX", "freepbx": "FreePBX"}.get(contract, contract)


@register.filter
def language_name(language: str) -> str:
    """Return what a module is written in."""
    names = {"python": "Python", "php": "PHP", "declarative": gettext("no code")}
    return names.get(language, language)


@register.filter
def plain(text: str) -> str:
    """Return text without its HTML tags, for one-line descriptions."""
    if "<" not in text and "&" not in text:
        return text
    return html.unescape(nh3.clean(text, tags=set())).strip()


@register.filter
def rich(text: str) -> SafeString:
    """Return a package's description with its simple HTML cleaned by nh3 (design 6)."""
    # The only HTML of strangers that is shown as HTML: tags from a short list, links http(s) only.
    return SafeString(
        nh3.clean(
            text,
            tags=_DESCRIPTION_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"http", "https"},
            link_rel="noopener noreferrer",
        )
    )


@register.filter
def safe_url(url: Any) -> str:
    """Return an http, https or ``//`` address, else nothing (reference M14)."""
    text = str(url or "").strip()
    return text if text.casefold().startswith(("https://", "http://", "//")) else ""
