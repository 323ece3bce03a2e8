"""Addresses below /m/ModuleExampleGuard/."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="example-guard"),
    path("code/", views.code, name="example-guard-code"),
]
