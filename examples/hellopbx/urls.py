"""Addresses below /m/hellopbx/."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("", views.hello, name="hello")]
