"""Addresses of the web process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("admin/password_change/", RedirectView.as_view(pattern_name="password")),
    path("admin/", admin.site.urls),
    path("", include("telephony_app.urls")),
    path("", include("modules_app.urls")),
]

handler400 = "modules_app.views.errors.bad_request"
handler403 = "modules_app.views.errors.permission_denied"
handler404 = "modules_app.views.errors.not_found"
handler500 = "modules_app.views.errors.server_error"
