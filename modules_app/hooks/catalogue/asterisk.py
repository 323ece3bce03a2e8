"""Hooks of the files of Asterisk (reference M6.2).

Their answers are stored; the files are made of them. A hook with arguments is asked once for each
route, telephone or provider.
"""

from __future__ import annotations

from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.spec import HookKind, HookSpec, Interface, Surface, Value, arguments


def _text(name: str, seed_name: str, surface: Surface, docs: str, *pairs: str) -> HookSpec:
    """Return a hook whose lines go into a file of Asterisk."""
    asked_with = arguments(*pairs)
    return HookSpec(
        name,
        seed_name,
        Interface.ASTERISK,
        HookKind.TEXT,
        surface,
        docs,
        arguments=asked_with,
        returns=(Value.TEXT,),
        reference="M6.2",
        collected=True,
        keyed=bool(asked_with),
    )


ASTERISK = (
    _text(
        "extension_globals",
        "extensionGlobals",
        Surface.DIALPLAN,
        _("Adds variables to the section globals of the dialplan."),
    ),
    _text(
        "extension_gen_contexts",
        "extensionGenContexts",
        Surface.DIALPLAN,
        _("Adds whole contexts to the dialplan."),
    ),
    _text(
        "get_include_internal",
        "getIncludeInternal",
        Surface.DIALPLAN,
        _("Adds include lines to the context internal."),
    ),
    _text(
        "extension_gen_internal",
        "extensionGenInternal",
        Surface.DIALPLAN,
        _("Adds extensions to the context internal."),
    ),
    _text(
        "extension_gen_internal_users_pre_dial",
        "extensionGenInternalUsersPreDial",
        Surface.DIALPLAN,
        _("Adds steps before an internal telephone is called."),
    ),
    _text(
        "extension_gen_all_peers_context",
        "extensionGenAllPeersContext",
        Surface.DIALPLAN,
        _("Adds steps at the beginning of every call of an internal telephone."),
    ),
    _text(
        "get_include_internal_transfer",
        "getIncludeInternalTransfer",
        Surface.DIALPLAN,
        _("Adds include lines to the context internal-transfer."),
    ),
    _text(
        "extension_gen_internal_transfer",
        "extensionGenInternalTransfer",
        Surface.DIALPLAN,
        _("Adds extensions to the context internal-transfer."),
    ),
    _text(
        "extension_gen_hints",
        "extensionGenHints",
        Surface.DIALPLAN,
        _("Adds hints, by which telephones show who is on the phone."),
    ),
    _text(
        "extension_gen_create_channel_dialplan",
        "extensionGenCreateChannelDialplan",
        Surface.DIALPLAN,
        _("Adds steps for each channel that a call creates."),
    ),
    _text(
        "generate_public_context",
        "generatePublicContext",
        Surface.DIALPLAN,
        _("Adds extensions that callers without an account reach."),
    ),
    _text(
        "generate_incoming_rout_before_dial_pre_system",
        "generateIncomingRoutBeforeDialPreSystem",
        Surface.DIALPLAN,
        _("Adds steps to an incoming call before the working time is looked at."),
        "rout_number: str",
    ),
    _text(
        "generate_incoming_rout_before_dial_system",
        "generateIncomingRoutBeforeDialSystem",
        Surface.DIALPLAN,
        _("Adds steps to an incoming call where the working time is looked at."),
        "rout_number: str",
    ),
    _text(
        "generate_incoming_rout_before_dial",
        "generateIncomingRoutBeforeDial",
        Surface.DIALPLAN,
        _("Adds steps to an incoming call before it is led to its destination."),
        "rout_number: str",
    ),
    _text(
        "generate_incoming_rout_after_dial_context",
        "generateIncomingRoutAfterDialContext",
        Surface.DIALPLAN,
        _("Adds steps to an incoming call after its destination."),
        "uniqid: str",
    ),
    _text(
        "generate_out_rout_context",
        "generateOutRoutContext",
        Surface.DIALPLAN,
        _("Adds steps to an outgoing call before the provider is called."),
        "rout: dict[str, Any]",
    ),
    _text(
        "generate_out_rout_after_dial_context",
        "generateOutRoutAfterDialContext",
        Surface.DIALPLAN,
        _("Adds steps to an outgoing call after the provider was called."),
        "rout: dict[str, Any]",
    ),
    _text(
        "get_feature_map",
        "getFeatureMap",
        Surface.ASTERISK,
        _("Adds feature codes to features.conf."),
    ),
    _text(
        "generate_manager_conf",
        "generateManagerConf",
        Surface.ASTERISK,
        _("Adds users to manager.conf."),
    ),
    _text(
        "generate_modules_conf",
        "generateModulesConf",
        Surface.ASTERISK,
        _("Adds load lines to modules.conf."),
    ),
    _text(
        "generate_ari_conf",
        "generateAriConf",
        Surface.ASTERISK,
        _("Adds users to ari.conf."),
    ),
    _text(
        "generate_peers_pj",
        "generatePeersPj",
        Surface.PJSIP,
        _("Adds sections to pjsip.conf."),
    ),
    _text(
        "generate_peer_pj_additional_options",
        "generatePeerPjAdditionalOptions",
        Surface.PJSIP,
        _("Adds lines to the endpoint of an extension."),
        "peer: dict[str, Any]",
    ),
    HookSpec(
        "generate_config",
        "generateConfig",
        Interface.ASTERISK,
        HookKind.NOTIFY,
        Surface.ASTERISK,
        _("Told when all files of Asterisk are made; the module may write its own."),
        reference="M6.2",
    ),
    HookSpec(
        "override_pjsip_options",
        "overridePJSIPOptions",
        Interface.ASTERISK,
        HookKind.MAP,
        Surface.PJSIP,
        _("Changes the options of a section of an extension."),
        arguments=arguments("extension: str", "options: dict[str, str]"),
        returns=(Value.DICT,),
        reference="M6.2",
        collected=True,
        keyed=True,
    ),
    HookSpec(
        "override_provider_pjsip_options",
        "overrideProviderPJSIPOptions",
        Interface.ASTERISK,
        HookKind.MAP,
        Surface.PJSIP,
        _("Changes the options of a section of a provider."),
        arguments=arguments("uniqid: str", "options: dict[str, str]"),
        returns=(Value.DICT,),
        reference="M6.2",
        collected=True,
        keyed=True,
    ),
)
