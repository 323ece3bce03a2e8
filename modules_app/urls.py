"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path

from modules_app.views import (
    account,
    actions,
    assets,
    audit,
    health,
    kept,
    modules,
    my_sessions,
    operations,
    pages,
    placement,
    proxy,
    settings,
    sudo,
    uploads,
)

urlpatterns = [
    path("", pages.dashboard, name="dashboard"),
    path("modules/", modules.module_list, name="module-list"),
    path("modules/upload/", uploads.upload_new, name="upload-new"),
    path("modules/<str:module_id>/", modules.module_detail, name="module-detail"),
    path("modules/<str:module_id>/row/", modules.module_row, name="module-row"),
    path("modules/<str:module_id>/enable/", actions.enable, name="module-enable"),
    path("modules/<str:module_id>/disable/", actions.disable, name="module-disable"),
    path("modules/<str:module_id>/remove/", actions.remove, name="module-remove"),
    path("modules/<str:module_id>/rollback/", actions.rollback, name="module-rollback"),
    path("modules/<str:module_id>/repair/", actions.repair, name="module-repair"),
    path("modules/<str:module_id>/verify/", actions.verify, name="module-verify"),
    path("modules/<str:module_id>/place/", placement.place, name="module-place"),
    path("uploads/<uuid:upload_id>/", uploads.upload_report, name="upload-report"),
    path("uploads/<uuid:upload_id>/install/", uploads.upload_install, name="upload-install"),
    path("uploads/<uuid:upload_id>/discard/", uploads.upload_discard, name="upload-discard"),
    path("kept/<str:module_id>/delete/", kept.kept_delete, name="kept-delete"),
    path("operations/", operations.operation_list, name="operation-list"),
    path("operations/<int:operation_id>/", operations.operation_detail, name="operation-detail"),
    path(
        "operations/<int:operation_id>/cancel/",
        operations.operation_cancel,
        name="operation-cancel",
    ),
    path("audit/", audit.audit_list, name="audit"),
    path("audit/audit.csv", audit.audit_export, {"kind": "csv"}, name="audit-csv"),
    path("audit/audit.json", audit.audit_export, {"kind": "json"}, name="audit-json"),
    path("sessions/", my_sessions.session_list, name="session-list"),
    path(
        "sessions/end-others/", my_sessions.session_revoke_others, name="session-revoke-others"
    ),
    path("sessions/<str:name>/end/", my_sessions.session_revoke, name="session-revoke"),
    path("confirm/<uuid:action_id>/", sudo.confirm, name="confirm"),
    path("settings/", settings.settings_page, name="settings"),
    path("login/", account.login, name="login"),
    path("password/", account.password, name="password"),
    path("logout/", account.logout, name="logout"),
    path("setup/<str:code>/", account.setup, name="setup"),
    path("language/", pages.set_language, name="set_language"),
    path("theme/", pages.set_theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("assets/<str:module_id>/<str:digest>/<path:path>", assets.asset, name="assets"),
    path("m/<str:module_id>/", proxy.module_proxy, name="module_proxy"),
    path("m/<str:module_id>/<path:rest>", proxy.module_proxy, name="module_proxy"),
    path("api/m/<str:module_id>/<path:rest>", proxy.module_proxy, name="module_api"),
    path("admin-cabinet/<str:dashed>/", proxy.admin_cabinet),
    path("admin-cabinet/<str:dashed>/<path:rest>", proxy.admin_cabinet),
]
