"""Addresses below /m/ModuleExampleAmi/."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="example-ami"),
    path("secret/", views.new_secret, name="example-ami-secret"),
]
