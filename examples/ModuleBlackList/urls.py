"""Addresses below /m/ModuleBlackList/."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="black-list"),
    path("<int:number_id>/delete/", views.delete, name="black-list-delete"),
]
