"""Which hooks enabled modules have, in what order, and how they ran."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from modules_app.permissions import Right
from modules_app.selectors.hook_results import hook_groups
from modules_app.views.http import PageRequest, methods, page


@methods("GET")
@page(Right.OPERATE)
def hook_list(request: PageRequest) -> HttpResponse:
    """Show every hook that an enabled module has."""
    return render(request, "hooks/list.html", {"groups": hook_groups()})
