"""What an administrator grants a module, and what the browser is told of a person's rights."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.domain.grants import GRANT_WORDS, Grant
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.forms.grants import GrantForm
from modules_app.permissions import Right
from modules_app.selectors.modules import find_module
from modules_app.selectors.rights import allowed_groups
from modules_app.services.permission_map import permission_map
from modules_app.services.rights import grant, revoke
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


def _words(request: HttpRequest) -> str:
    if request.POST.get("action") == "revoke":
        return _("Take back what “{target}” was granted")
    return _("Grant “{target}” what it asks for")


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_words)
def module_grant(request: PageRequest, module_id: str, name: str) -> HttpResponse:
    """Explain a grant and ask (GET); give it, or take it back (POST)."""
    module, chosen = find_module(module_id), _grant(name)
    given = allowed_groups(module.id, chosen)
    form = GrantForm(request.POST if request.method == "POST" else None, initial={"groups": given})
    if request.method != "POST" or not form.is_valid():
        return _ask(request, module.id, chosen, form, granted=given is not None)
    if request.POST.get("action") == "revoke":
        revoke(actor=request.actor, module_id=module.id, grant=chosen)
        messages.success(request, gettext("The grant was taken back."))
    else:
        groups = form.cleaned_data["groups"]
        grant(actor=request.actor, module_id=module.id, grant=chosen, groups=groups)
        messages.success(request, gettext("The module may do that from now on."))
    return redirect("module-detail", module.id)


@methods("GET")
@page()
def permissions(request: PageRequest, controller: str) -> JsonResponse:
    """Tell a script of a page what its reader may do there (reference M6.5, M12.5)."""
    return JsonResponse({"permissions": permission_map(controller, request.user, request.actor)})


def _ask(
    request: PageRequest, module_id: str, chosen: Grant, form: GrantForm, *, granted: bool
) -> HttpResponse:
    context = {
        "module_id": module_id,
        "words": GRANT_WORDS[chosen],
        "form": form,
        "with_groups": chosen is Grant.AUTHENTICATE,
        "has_groups": bool(form.fields["groups"].choices),  # type: ignore[attr-defined]
        "granted": granted,
    }
    return render(request, "modules/grant.html", context, status=422 if form.is_bound else 200)


def _grant(name: str) -> Grant:
    if name not in list(Grant):
        raise NotFound("grant-unknown", _("There is nothing called {name} that could be granted."))
    return Grant(name)
