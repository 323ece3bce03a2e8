"""Why a hook is not called here."""

from __future__ import annotations

from modules_app.exceptions import gettext_noop as _

LATER_TELEPHONY = _(
    "It belongs to the telephone system, which this version does not configure yet."
)
NO_NETWORK = _("PBX Admin does not set up network interfaces.")
NO_PASSKEYS = _("PBX Admin has no sign-in with passkeys.")
NOT_YET = _("Nothing here calls it yet.")
