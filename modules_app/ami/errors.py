"""What can go wrong between us and Asterisk, each with a sentence and what to do."""

from __future__ import annotations

from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _


def unreachable(host: str, port: int, reason: str) -> ModuleError:
    """Nobody listens there."""
    return ModuleError(
        "asterisk-unreachable",
        _("Asterisk does not answer at {host}, port {port}: {reason}."),
        context={"host": host, "port": port, "reason": reason},
        hint=_(
            "Is Asterisk running, and does manager.conf say enabled = yes with this port and an "
            "address that is reachable from here?"
        ),
    )


def not_asterisk(host: str, port: int) -> ModuleError:
    """Somebody listens there and does not speak AMI."""
    return ModuleError(
        "asterisk-unreachable",
        _("What listens at {host}, port {port} is not Asterisk's manager interface."),
        context={"host": host, "port": port},
        hint=_("Compare the port with the one of manager.conf."),
    )


def login_refused(username: str, message: str) -> Refused:
    """Asterisk knows no such account, the secret is wrong, or this address is not permitted."""
    return Refused(
        "asterisk-login-refused",
        _("Asterisk refuses the AMI account {username}: {message}."),
        context={"username": username, "message": message},
        hint=_("Compare name, secret, deny and permit of the account in manager.conf."),
    )


def timeout(action: str, seconds: float) -> ModuleError:
    """The connection stands, but no answer came in time."""
    return ModuleError(
        "asterisk-timeout",
        _("Asterisk did not answer {action} within {seconds} seconds."),
        context={"action": action, "seconds": f"{seconds:g}"},
        hint=_("Asterisk may be overloaded or hang; what was asked may still happen."),
    )


def lost() -> ModuleError:
    """The connection ended: Asterisk stopped, restarted or died."""
    return ModuleError(
        "asterisk-lost",
        _("The connection to Asterisk is lost."),
        hint=_("Look whether Asterisk runs; what was asked last may or may not have happened."),
    )


def flooded() -> ModuleError:
    """The connection was ended here, before waiting events fill the memory."""
    return ModuleError(
        "asterisk-lost",
        _("Asterisk sent events faster than they were taken, so the connection was ended."),
        hint=_("Ask for fewer classes of events, or do slow work elsewhere."),
    )


def command_refused(command: str, message: str) -> Refused:
    """Asterisk does not know the command, or the account lacks the right."""
    return Refused(
        "asterisk-command-refused",
        _("Asterisk refuses the command {command}: {message}."),
        context={"command": command, "message": message},
        hint=_("The account needs the right command, and Asterisk the module of this command."),
    )


def hostile_value(name: str) -> Refused:
    """A name or value that could not be sent on one line."""
    return Refused(
        "asterisk-hostile-value",
        _("{name} cannot be sent to Asterisk: a value is one line of text without control signs."),
        context={"name": name},
        hint=_("Remove line breaks and zero bytes from the value."),
    )
