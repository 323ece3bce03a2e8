"""Hooks of the files of Asterisk (reference M6.2)."""

from __future__ import annotations

from typing import Any


class AsteriskHooks:
    """Hooks of the files of Asterisk (reference M6.2)."""

    def extension_globals(self) -> str | None:
        """Add variables to the section globals of the dialplan."""
        return None

    def extension_gen_contexts(self) -> str | None:
        """Add whole contexts to the dialplan."""
        return None

    def get_include_internal(self) -> str | None:
        """Add include lines to the context internal."""
        return None

    def extension_gen_internal(self) -> str | None:
        """Add extensions to the context internal."""
        return None

    def extension_gen_internal_users_pre_dial(self) -> str | None:
        """Add steps before an internal telephone is called."""
        return None

    def extension_gen_all_peers_context(self) -> str | None:
        """Add steps at the beginning of every call of an internal telephone."""
        return None

    def get_include_internal_transfer(self) -> str | None:
        """Add include lines to the context internal-transfer."""
        return None

    def extension_gen_internal_transfer(self) -> str | None:
        """Add extensions to the context internal-transfer."""
        return None

    def extension_gen_hints(self) -> str | None:
        """Add hints, by which telephones show who is on the phone."""
        return None

    def extension_gen_create_channel_dialplan(self) -> str | None:
        """Add steps for each channel that a call creates."""
        return None

    def generate_public_context(self) -> str | None:
        """Add extensions that callers without an account reach."""
        return None

    def generate_incoming_rout_before_dial_pre_system(self, rout_number: str) -> str | None:
        """Add steps to an incoming call before the working time is looked at."""
        return None

    def generate_incoming_rout_before_dial_system(self, rout_number: str) -> str | None:
        """Add steps to an incoming call where the working time is looked at."""
        return None

    def generate_incoming_rout_before_dial(self, rout_number: str) -> str | None:
        """Add steps to an incoming call before it is led to its destination."""
        return None

    def generate_incoming_rout_after_dial_context(self, uniqid: str) -> str | None:
        """Add steps to an incoming call after its destination."""
        return None

    def generate_out_rout_context(self, rout: dict[str, Any]) -> str | None:
        """Add steps to an outgoing call before the provider is called."""
        return None

    def generate_out_rout_after_dial_context(self, rout: dict[str, Any]) -> str | None:
        """Add steps to an outgoing call after the provider was called."""
        return None

    def get_feature_map(self) -> str | None:
        """Add feature codes to features.conf."""
        return None

    def generate_manager_conf(self) -> str | None:
        """Add users to manager.conf."""
        return None

    def generate_modules_conf(self) -> str | None:
        """Add load lines to modules.conf."""
        return None

    def generate_ari_conf(self) -> str | None:
        """Add users to ari.conf."""
        return None

    def generate_peers_pj(self) -> str | None:
        """Add sections to pjsip.conf."""
        return None

    def generate_peer_pj_additional_options(self, peer: dict[str, Any]) -> str | None:
        """Add lines to the endpoint of an extension."""
        return None

    def generate_config(self) -> None:
        """Be told when all files of Asterisk are made; the module may write its own."""

    def override_pjsip_options(
        self, extension: str, options: dict[str, str]
    ) -> dict[str, Any] | None:
        """Change the options of a section of an extension."""
        return None

    def override_provider_pjsip_options(
        self, uniqid: str, options: dict[str, str]
    ) -> dict[str, Any] | None:
        """Change the options of a section of a provider."""
        return None
