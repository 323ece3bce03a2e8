"""Addresses of the telephone pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from telephony_app.views import (
    applications,
    apply,
    chosen,
    codecs,
    extension_files,
    extensions,
    incoming,
    interfaces,
    live,
    outgoing,
    providers,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("extensions/", extensions.extension_list, name="extension-list"),
    path("extensions/new/", extensions.extension_new, name="extension-new"),
    path("extensions/new-password/", extensions.secret_new, name="fresh-password"),
    path("extensions/numbers/", extensions.number_options, name="number-options"),
    path("extensions/chosen/", chosen.extension_chosen, name="extension-chosen"),
    path("extensions/chosen/do/", chosen.extension_chosen_do, name="extension-chosen-do"),
    path("extensions/import/", extension_files.extension_import, name="extension-import"),
    path("extensions/extensions.csv", extension_files.extension_export, name="extension-export"),
    path("extensions/<int:record_id>/", extensions.extension_edit, name="extension"),
    path(
        "extensions/<int:record_id>/delete/", extensions.extension_delete, name="extension-delete"
    ),
    path(
        "extensions/<int:record_id>/secret/", extensions.extension_secret, name="extension-secret"
    ),
    path("providers/", providers.provider_list, name="provider-list"),
    path("providers/new/", providers.provider_new, name="provider-new"),
    path("providers/<int:record_id>/", providers.provider_edit, name="provider"),
    path("providers/<int:record_id>/delete/", providers.provider_delete, name="provider-delete"),
    path("providers/<int:record_id>/secret/", providers.provider_secret, name="provider-secret"),
    path("incoming-routes/", incoming.incoming_route_list, name="incoming-route-list"),
    path("incoming-routes/new/", incoming.incoming_route_new, name="incoming-route-new"),
    path("incoming-routes/move/", incoming.incoming_route_move, name="incoming-route-move"),
    path(
        "incoming-routes/default/", incoming.incoming_route_default, name="incoming-route-default"
    ),
    path("incoming-routes/<int:record_id>/", incoming.incoming_route_edit, name="incoming-route"),
    path(
        "incoming-routes/<int:record_id>/delete/",
        incoming.incoming_route_delete,
        name="incoming-route-delete",
    ),
    path("outgoing-routes/", outgoing.outgoing_route_list, name="outgoing-route-list"),
    path("outgoing-routes/new/", outgoing.outgoing_route_new, name="outgoing-route-new"),
    path("outgoing-routes/move/", outgoing.outgoing_route_move, name="outgoing-route-move"),
    path("outgoing-routes/<int:record_id>/", outgoing.outgoing_route_edit, name="outgoing-route"),
    path(
        "outgoing-routes/<int:record_id>/delete/",
        outgoing.outgoing_route_delete,
        name="outgoing-route-delete",
    ),
    path("codecs/", codecs.codec_list, name="codec-list"),
    path("codecs/change/", codecs.codec_change, name="codec-change"),
    path("ami-users/", interfaces.manager_user_list, name="ami-user-list"),
    path("ami-users/new/", interfaces.manager_user_new, name="ami-user-new"),
    path("ami-users/<int:record_id>/", interfaces.manager_user_edit, name="ami-user"),
    path(
        "ami-users/<int:record_id>/delete/",
        interfaces.manager_user_delete,
        name="ami-user-delete",
    ),
    path(
        "ami-users/<int:record_id>/secret/",
        interfaces.manager_user_secret,
        name="ami-user-secret",
    ),
    path("ari-users/", interfaces.ari_user_list, name="ari-user-list"),
    path("ari-users/new/", interfaces.ari_user_new, name="ari-user-new"),
    path("ari-users/<int:record_id>/", interfaces.ari_user_edit, name="ari-user"),
    path("ari-users/<int:record_id>/delete/", interfaces.ari_user_delete, name="ari-user-delete"),
    path("ari-users/<int:record_id>/secret/", interfaces.ari_user_secret, name="ari-user-secret"),
    path("dialplan-applications/", applications.application_list, name="dialplan-application-list"),
    path(
        "dialplan-applications/new/", applications.application_new, name="dialplan-application-new"
    ),
    path(
        "dialplan-applications/<int:record_id>/",
        applications.application_edit,
        name="dialplan-application",
    ),
    path(
        "dialplan-applications/<int:record_id>/delete/",
        applications.application_delete,
        name="dialplan-application-delete",
    ),
    path("telephony/apply/", apply.apply_page, name="telephony-apply"),
    path("telephony/apply/do/", apply.apply_do, name="telephony-apply-do"),
    path("telephony/status/", live.status_page, name="telephony-status"),
]
"""Those of a list begin as `modules_app.domain.menu` says. The name of a record's page is the kind
that `telephony_app.selectors.references` says.
"""
