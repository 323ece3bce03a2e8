"""Addresses below /m/ModuleEverything/; the hook adds one more."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="everything"),
    path("reports/", views.reports, name="everything-reports"),
]
