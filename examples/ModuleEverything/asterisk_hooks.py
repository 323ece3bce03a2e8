"""Hooks of the files of Asterisk: each adds something that can be seen and does no harm."""

from __future__ import annotations

from typing import Any

from .main import note

CONTEXT = "module-everything"


def step(text: str) -> str:
    """Return a step of the dialplan that does nothing."""
    return f"same => n,NoOp({CONTEXT}: {text})"


class DialplanHooks:
    """Contexts and steps without arguments."""

    def extension_globals(self) -> str:
        """Set a variable."""
        return "MODULE_EVERYTHING=1"

    def extension_gen_contexts(self) -> str:
        """Make a context."""
        return f"[{CONTEXT}]\nexten => s,1,NoOp()\nsame => n,Return()"

    def get_include_internal(self) -> str:
        """Let every telephone reach it."""
        return f"include => {CONTEXT}"

    def extension_gen_internal(self) -> str:
        """Add a number."""
        return "exten => 5550,1,Answer()\nsame => n,Hangup()"

    def extension_gen_internal_users_pre_dial(self) -> str:
        """Add a step before a telephone rings."""
        return step("before an internal telephone")

    def extension_gen_all_peers_context(self) -> str:
        """Add a step to each call of a telephone."""
        return step("a telephone calls")

    def get_include_internal_transfer(self) -> str:
        """Let transfers reach the context."""
        return f"include => {CONTEXT}"

    def extension_gen_internal_transfer(self) -> str:
        """Let calls be transferred to the number."""
        return "exten => 5550,1,Goto(internal,5550,1)"

    def extension_gen_hints(self) -> str:
        """Let telephones watch the number."""
        return "exten => 5550,hint,Custom:everything"

    def extension_gen_create_channel_dialplan(self) -> str:
        """Add a step for each channel."""
        return step("a channel is created")

    def generate_public_context(self) -> str:
        """Answer a number that strangers call."""
        return "exten => 5559,1,Hangup()"


class RouteHooks:
    """Steps of incoming and outgoing calls, asked for each route."""

    def generate_incoming_rout_before_dial_pre_system(self, rout_number: str) -> str:
        """Add a step before the working time is looked at."""
        return step(f"pre-system {rout_number}")

    def generate_incoming_rout_before_dial_system(self, rout_number: str) -> str:
        """Add a step where the working time is looked at."""
        return step(f"system {rout_number}")

    def generate_incoming_rout_before_dial(self, rout_number: str) -> str:
        """Add a step before the destination."""
        return step(f"before dial {rout_number}")

    def generate_incoming_rout_after_dial_context(self, uniqid: str) -> str:
        """Add a step after the destination."""
        return step(f"after dial {uniqid}")

    def generate_out_rout_context(self, rout: dict[str, Any]) -> str:
        """Add a step before the provider is called."""
        return step(f"out {rout['id']}")

    def generate_out_rout_after_dial_context(self, rout: dict[str, Any]) -> str:
        """Add a step after the provider was called."""
        return step(f"after out {rout['id']}")


class FileHooks:
    """Lines of the other files."""

    def get_feature_map(self) -> str:
        """Add a feature code."""
        return "automixmon => *9"

    def generate_manager_conf(self) -> str:
        """Add a user that can do nothing."""
        return f"[{CONTEXT}]\nsecret = everything\ndeny = 0.0.0.0/0.0.0.0"

    def generate_modules_conf(self) -> str:
        """Load a module that answers the time."""
        return "load => app_sayunixtime.so"

    def generate_ari_conf(self) -> str:
        """Add a user that may only read."""
        return f"[{CONTEXT}]\ntype = user\nread_only = yes\npassword = everything"

    def generate_peers_pj(self) -> str:
        """Add an address of record that nothing uses."""
        return f"[{CONTEXT}]\ntype = aor\nmax_contacts = 1"

    def generate_peer_pj_additional_options(self, peer: dict[str, Any]) -> str:
        """Set a variable for each channel of a telephone."""
        return "set_var = MODULE_EVERYTHING_PEER=1"

    def generate_config(self) -> None:
        """Take a note."""
        note("generate_config")

    def override_pjsip_options(self, extension: str, options: dict[str, str]) -> dict[str, Any]:
        """Give every telephone room for one device more."""
        contacts = options.get("max_contacts")
        return {**options, "max_contacts": int(contacts) + 1} if contacts else options

    def override_provider_pjsip_options(
        self, uniqid: str, options: dict[str, str]
    ) -> dict[str, Any]:
        """Leave every provider as it is."""
        return options


class StatusHooks:
    """Told what happens in Asterisk."""

    def on_after_pbx_started(self) -> None:
        """Take a note."""
        note("on_after_pbx_started")

    def on_extension_status_change(self, changes: list[dict[str, Any]]) -> None:
        """Note how many telephones changed."""
        note("on_extension_status_change", str(len(changes)))

    def on_provider_status_change(self, changes: list[dict[str, Any]]) -> None:
        """Note how many providers changed."""
        note("on_provider_status_change", str(len(changes)))
