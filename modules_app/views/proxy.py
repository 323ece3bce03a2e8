"""Pages and REST routes of modules: ``/m/<id>/…`` and ``/api/m/<id>/…`` (design 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from modules_app.bridge.statement import STRANGER
from modules_app.domain.ids import dashed_form
from modules_app.domain.states import Fault, Phase, is_loaded
from modules_app.models import Module
from modules_app.permissions import Actor
from modules_app.proxy.exchange import Problem, exchange
from modules_app.proxy.limits import ProxyLimits, proxy_limits
from modules_app.proxy.outgoing import METHODS, SAFE_METHODS, comes_from_this_site
from modules_app.selectors.engine import engine_state
from modules_app.selectors.menu import page_facts
from modules_app.selectors.registry import current_sequence
from modules_app.selectors.rights import Access, access_to, is_open_page
from modules_app.selectors.safe_mode import safe_mode
from modules_app.services.callers import Program, count_for_a_minute
from modules_app.services.signing_in import address_of
from modules_app.views.errors import answer, error_page, is_for_programs
from modules_app.views.http import methods


@dataclass(frozen=True, slots=True)
class Target:
    """The module that a request is for."""

    id: str
    title: str
    loaded: bool
    stopped: bool = False
    moving: bool = False
    unloaded: bool = False


# The token is checked by the host, which knows the form; here only the origin is (design 3).
@csrf_exempt
@login_not_required
def module_proxy(request: HttpRequest, module_id: str, rest: str = "") -> HttpResponseBase:
    """Pass a request on to the module, if the module is there and the person may open it.

    A stranger gets no further than the login, but at a page that an administrator opened to all.
    """
    if not request.user.is_authenticated:
        return _for_a_stranger(request, module_id, rest)
    return open_page(request, module_id, rest)


def open_page(
    request: HttpRequest, module_id: str, rest: str, way: Way | None = None
) -> HttpResponseBase:
    """Return the module's page at ``rest``, below its own address, for a logged-in person."""
    target = find_target(module_id)
    if target is None or not is_clean(request.path_info):
        return _not_found(request)
    actor = Actor.of_user(request.user)
    access = access_to(request.user, actor, target.id, rest)
    if access.may and target.loaded and page_facts(target.id, rest).needs_engine:
        engine = engine_state()
        if not engine.connected:
            return without_engine(request, target, engine.reason)
    return send_on(request, target, actor, access, way or PAGE)


def _for_a_stranger(request: HttpRequest, module_id: str, rest: str) -> HttpResponseBase:
    """Show the page if strangers may look at it; anything they send needs a login."""
    looks = request.method in SAFE_METHODS and is_clean(request.path_info)
    if not looks or not is_open_page(module_id, rest):
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    address = address_of(request)
    limit = int(settings.PBX_API_PER_MINUTE["public"])
    if not count_for_a_minute(f"public {module_id} {address}", limit):
        return answer(request, 429)
    target = find_target(module_id)
    if target is None:
        return _not_found(request)
    request.user = Program()  # type: ignore[assignment]
    nobody = Actor("", "web", frozenset(), address)
    return send_on(request, target, nobody, Access(may=True, covered=True), Way(STRANGER))


def without_engine(request: HttpRequest, target: Target, reason: str) -> HttpResponse:
    """Say that a page needs Asterisk, in the place of the page (reference F9.3 step 4)."""
    context = {
        "status": 503,
        "title": target.title,
        "sentence": gettext(reason),
        "hint": gettext("The module stays enabled; only this page has to wait."),
        "module_id": target.id,
    }
    return render(request, "errors/module.html", context, status=503)


@dataclass(frozen=True, slots=True)
class Way:
    """How a request came and where it goes, if not as a page.

    ``channel`` is how a program came, as the statement has it; ``path`` stands in the place of the
    request's own address.
    """

    channel: str = ""
    path: str = ""


PAGE = Way()


def send_on(
    request: HttpRequest, target: Target, actor: Actor, access: Access, way: Way = PAGE
) -> HttpResponseBase:
    """Return the module's answer, or why the module did not get the request."""
    limits = proxy_limits()
    if refused := _refusal(request, target, access, limits, by_program=bool(way.channel)):
        return refused
    try:
        return _exchange(request, target, actor, access, way)
    except Problem as problem:
        return _problem(request, target, problem.status)


def _exchange(
    request: HttpRequest, target: Target, actor: Actor, access: Access, way: Way
) -> HttpResponseBase:
    return exchange(
        request,
        module_id=target.id,
        actor=actor,
        covered=access.covered,
        current_sequence=current_sequence,
        limits=proxy_limits(),
        length=_body_length(request) or 0,
        channel=way.channel,
        path=way.path,
    )


def _refusal(
    request: HttpRequest,
    target: Target,
    access: Access,
    limits: ProxyLimits,
    *,
    by_program: bool,
) -> HttpResponse | None:
    """Return the answer to a request that the module must not see, None if it may."""
    if not access.may:
        return _problem(request, target, 403)
    if not target.loaded:
        return _problem(request, target, 404)
    if target.moving or target.unloaded:
        return _problem(request, target, 503)
    if not by_program and not comes_from_this_site(request):
        return _problem(request, target, 403, foreign=True)
    if request.method not in METHODS:
        return answer(request, 405)
    length = _body_length(request)
    if length is None:
        return _problem(request, target, 411)
    return _problem(request, target, 413) if length > limits.request_bytes else None


@methods("GET")
def admin_cabinet(request: HttpRequest, dashed: str, rest: str = "") -> HttpResponse:
    """Send the seeds' address of a module's page to ours (reference M8.2)."""
    for module_id in Module.objects.values_list("id", flat=True):
        if dashed_form(module_id) == dashed.casefold():
            return redirect("module_proxy", module_id=module_id)
    return error_page(404)


def find_target(module_id: str) -> Target | None:
    """Return the module of an address, None when there is none of this very id."""
    row = Module.objects.filter(pk=module_id).values("wanted", "fault", "phase", "titles").first()
    if row is None:
        return None
    titles: dict[str, str] = row["titles"]
    title = titles.get(get_language() or "en") or titles.get("en") or module_id
    found = safe_mode()
    loaded = is_loaded(wanted=row["wanted"], fault=row["fault"])
    return Target(
        module_id,
        title,
        loaded,
        stopped=row["fault"] != Fault.NONE,
        moving=row["phase"] == Phase.MAINTENANCE,
        unloaded=found is not None and module_id not in found.running,
    )


def is_clean(path: str) -> bool:
    """Refuse what two readers of a path may understand differently (W15).

    To a right for ``reports/`` an address with two slashes before that would be another one.
    """
    plain = path.isprintable() and "\\" not in path and "//" not in path
    return plain and not {"..", "."} & set(path.split("/"))


def _body_length(request: HttpRequest) -> int | None:
    """Return the size of the body; None if the browser does not say."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return None
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return None


def _not_found(request: HttpRequest) -> HttpResponse:
    return answer(request, 404)


def _problem(
    request: HttpRequest, target: Target, status: int, *, foreign: bool = False
) -> HttpResponse:
    """Answer with a page, a fragment or JSON that names the module and says what to do."""
    title, sentence, hint = _texts(target, status, foreign)
    if is_for_programs(request):
        slug, about = f"module-{status}", {"module": target.id}
        error = {"slug": slug, "message": sentence, "hint": hint, "context": about}
        response: HttpResponse = JsonResponse({"error": error}, status=status)
    else:
        context: dict[str, Any] = {
            "status": status,
            "title": title,
            "sentence": sentence,
            "hint": hint,
            "module_id": target.id,
        }
        response = render(request, "errors/module.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "2"
    return response


def _special_texts(target: Target, status: int, foreign: bool) -> tuple[str, str, str] | None:
    """Return what is said when more is known than the status."""
    name = {"module": target.title}
    if foreign:
        return (
            _("Refused"),
            _("Another site tried to send something to “%(module)s” in your name.") % name,
            _("If it was you, open the module's page here and try again."),
        )
    if status == 503 and target.unloaded:
        return (
            _("Safe mode is on"),
            _("“%(module)s” does not run: no module does in safe mode. Its data is kept.") % name,
            _("The safe-mode page says who switched it on and why, and leads out of it."),
        )
    if status == 503 and target.moving:
        return (
            _("The module is being changed"),
            _("“%(module)s” is stopped for a moment, until its data has moved.") % name,
            _("Try again in a few seconds. All other pages work."),
        )
    if status == 404 and target.stopped:
        return (
            _("The module is stopped"),
            _("“%(module)s” was stopped because of a fault. Its data is kept.") % name,
            _("Open the module: it says why it was stopped and what you can do."),
        )
    return None


def _texts(target: Target, status: int, foreign: bool) -> tuple[str, str, str]:
    special = _special_texts(target, status, foreign)
    if special is not None:
        return special
    name = {"module": target.title}
    texts = {
        403: (
            _("Not allowed"),
            _("You may not open the pages of “%(module)s”."),
            _("Ask an administrator for the right to view or operate modules."),
        ),
        404: (
            _("The module is disabled"),
            _("“%(module)s” is not loaded, so its pages cannot be shown. Its data is kept."),
            _("Enable the module to use its pages."),
        ),
        408: (
            _("The request was not complete"),
            _("What was sent to “%(module)s” did not arrive completely."),
            _("Check the connection and try again."),
        ),
        411: (
            _("The size is missing"),
            _("What is sent to “%(module)s” must say how large it is."),
            _("Send the request with Content-Length."),
        ),
        413: (
            _("Too large"),
            _("What was sent to “%(module)s” is too large."),
            _("Send less at once."),
        ),
        502: (
            _("The module failed"),
            _("“%(module)s” gave no proper answer."),
            _("Try again. If it happens again, disable the module and tell its publisher."),
        ),
        503: (
            _("Not available right now"),
            _("“%(module)s” cannot take the request at the moment."),
            _("Try again in a few seconds. All other pages work."),
        ),
        504: (
            _("The module does not answer"),
            _("“%(module)s” did not answer in time."),
            _("Try again. If it happens again, disable the module and tell its publisher."),
        ),
    }
    title, sentence, hint = texts[status]
    return title, sentence % name, hint
