"""modules.conf: what Asterisk loads, and nothing else (reference M6.7).

The list is that of Debian's Asterisk 22. A module that lacks there would be an error in its log, so
codecs that are compiled in or sold apart are not named. Debian's sounds are in gsm.
"""

from __future__ import annotations

from telephony_app.domain.blocks import Shape
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.paper import Paper

ALWAYS = """
    app_authenticate app_bridgewait app_cdr app_channelredirect app_chanspy app_db app_dial
    app_directed_pickup app_echo app_exec app_mixmonitor app_originate app_playback app_playtones
    app_read app_senddtmf app_sendtext app_stack app_system app_transfer app_userevent app_verbose
    app_waitforsilence app_while
    bridge_builtin_features bridge_builtin_interval_features bridge_holding bridge_native_rtp
    bridge_simple bridge_softmix
    chan_bridge_media chan_pjsip chan_rtp
    codec_a_mu codec_alaw codec_gsm codec_resample codec_ulaw
    format_g726 format_gsm format_pcm format_sln format_wav format_wav_gsm
    func_base64 func_blacklist func_callerid func_cdr func_channel func_curl func_cut func_db
    func_devstate func_dialplan func_env func_extstate func_global func_groupcount
    func_hangupcause func_logic func_math func_md5 func_pjsip_aor func_pjsip_contact
    func_pjsip_endpoint func_rand func_sha1 func_shell func_sprintf func_strings func_timeout
    func_uri func_uuid func_version func_volume
    pbx_config pbx_spool
    res_agi res_clioriginate res_convert res_crypto res_curl res_format_attr_g729
    res_format_attr_h263 res_format_attr_h264 res_format_attr_ilbc res_format_attr_opus
    res_format_attr_vp8 res_http_websocket res_manager_devicestate res_musiconhold res_mutestream
    res_pjproject res_pjsip res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id
    res_pjsip_dialog_info_body_generator res_pjsip_diversion res_pjsip_dlg_options
    res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_endpoint_identifier_anonymous
    res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_exten_state
    res_pjsip_header_funcs res_pjsip_logger res_pjsip_messaging res_pjsip_mwi
    res_pjsip_mwi_body_generator res_pjsip_nat res_pjsip_notify res_pjsip_one_touch_record_info
    res_pjsip_outbound_authenticator_digest res_pjsip_outbound_publish
    res_pjsip_outbound_registration res_pjsip_path
    res_pjsip_pidf_body_generator res_pjsip_pidf_digium_body_supplement
    res_pjsip_pidf_eyebeam_body_supplement res_pjsip_pubsub res_pjsip_refer res_pjsip_registrar
    res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_session res_pjsip_sips_contact res_pjsip_t38
    res_pjsip_transport_websocket res_pjsip_xpidf_body_generator
    res_rtp_asterisk res_rtp_multicast res_security_log res_speech res_sorcery_astdb
    res_sorcery_config
    res_sorcery_memory res_sorcery_realtime res_srtp res_stasis res_timing_timerfd
""".split()

ARI = """
    app_stasis res_ari res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels
    res_ari_device_states res_ari_endpoints res_ari_events res_ari_model res_ari_playbacks
    res_ari_recordings res_ari_sounds res_stasis_answer res_stasis_device_state
    res_stasis_playback res_stasis_recording res_stasis_snoop res_websocket_client
""".split()

BY_CODEC = {
    "opus": ("codec_opus_open_source", "format_ogg_opus_open_source"),
    "g722": ("codec_g722",),
    "g726": ("codec_g726",),
    "adpcm": ("codec_adpcm",),
    "lpc10": ("codec_lpc10",),
    "speex": ("codec_speex", "format_ogg_speex"),
    "ilbc": ("format_ilbc",),
    "g729": ("format_g729",),
    "h263": ("format_h263",),
    "h264": ("format_h264",),
    "vp8": ("format_vp8",),
}


def modules(snapshot: Snapshot, answers: HookAnswers) -> Paper:
    """Return the file."""
    paper = Paper("modules.conf")
    codecs = [name for codec in snapshot.codecs for name in BY_CODEC.get(codec.name, ())]
    names = [*ALWAYS, *codecs, *(ARI if snapshot.is_on("ARIEnabled") else ())]
    paper.add("[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in names))
    paper.join(answers.pieces("generate_modules_conf"), Shape.KEYS)
    return paper
