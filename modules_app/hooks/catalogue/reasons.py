"""Why a hook is not called here."""

from __future__ import annotations

from modules_app.exceptions import gettext_noop as _

NO_CALL_LIST = _("It belongs to the list of calls, which PBX Admin does not have.")
NO_NETWORK = _("PBX Admin does not set up network interfaces.")
NO_PASSKEYS = _("PBX Admin has no sign-in with passkeys.")
