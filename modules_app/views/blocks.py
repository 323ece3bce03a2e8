"""Blocks that the browser asks for: what other modules put above a module's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from modules_app.selectors.modules import find_module
from modules_app.views.http import PageRequest, methods, page


@methods("GET")
@page()
def module_header(request: PageRequest, module_id: str) -> HttpResponse:
    """Draw the block ``ModulePage/Header`` for the page of one module."""
    module = find_module(module_id)
    return render(request, "components/_module_header.html", {"module_id": module.id})
