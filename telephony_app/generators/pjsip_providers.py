"""The sections of providers in pjsip.conf (reference M7.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telephony_app.domain.snapshot import Provider, Snapshot
from telephony_app.generators import escaping, pjsip_frame
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.contexts import incoming_contexts
from telephony_app.generators.options import Section, manual_lines, write_section
from telephony_app.generators.paper import Paper

OVERRIDE = "override_provider_pjsip_options"

LABELS = {"outbound": "OUTBOUND TRUNK", "inbound": "INBOUND TRUNK", "none": "PEER TRUNK"}
RULE = "; " + "=" * 60 + "\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A section and the key under which modules know it: ``<uniqid>/<type>``."""

    kind: str
    section: Section

    @property
    def type(self) -> str:
        """Return the kind of section as the administrator's own lines name it."""
        return self.kind.removeprefix("registration-")


def write_providers(paper: Paper, snapshot: Snapshot, answers: HookAnswers) -> None:
    """Write all providers."""
    contexts = incoming_contexts(snapshot)
    for provider in snapshot.providers:
        manual = manual_lines(paper, provider.manual_attributes, of=provider.uniqid)
        paper.add(_banner(provider))
        for part in parts_of(snapshot, provider, contexts[provider.uniqid]):
            own = "" if part.kind == "registration-auth" else manual.get(part.type, "")
            key = f"{provider.uniqid}/{part.kind}"
            write_section(paper, part.section, answers, OVERRIDE, key, own)
        paper.add("\n")


def provider_questions(snapshot: Snapshot) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and arguments of each question to modules about providers."""
    contexts = incoming_contexts(snapshot)
    for provider in snapshot.providers:
        for part in parts_of(snapshot, provider, contexts[provider.uniqid]):
            options = {key: text.replace("\n", ",") for key, text in part.section.whole.items()}
            key = f"{provider.uniqid}/{part.kind}"
            yield key, {"uniqid": provider.uniqid, "options": options}


def parts_of(snapshot: Snapshot, provider: Provider, context: str) -> list[Part]:
    """Return the sections of a provider: REG-AUTH, REG, AUTH, aor, identify, endpoint."""
    parts = []
    if provider.registration == "outbound":
        parts += [_registration_auth(provider), _registration(snapshot, provider)]
    if provider.registration != "none":
        parts.append(_auth(provider, "AUTH", "auth"))
    parts.append(_address(provider))
    if match := _addresses(provider):
        options = {"type": "identify", "endpoint": _endpoint_name(provider), "match": match}
        parts.append(
            Part("identify", Section(escaping.name(provider.uniqid), "", options, options))
        )
    parts.append(_endpoint(snapshot, provider, context))
    return parts


def _banner(provider: Provider) -> str:
    transport = (provider.transport or "auto").upper()
    description = escaping.comment(provider.description)
    label = LABELS.get(provider.registration, LABELS["none"])
    return f"{RULE}; {label}: {description} ({transport})\n{RULE}"


def _endpoint_name(provider: Provider) -> str:
    return escaping.name(provider.endpoint)


def _registration_auth(provider: Provider) -> Part:
    return _auth(provider, "REG-AUTH", "registration-auth")


def _auth(provider: Provider, suffix: str, kind: str) -> Part:
    options = {
        "type": "auth",
        "username": escaping.value(provider.username),
        "password": escaping.value(provider.secret),
    }
    return Part(kind, Section(f"{escaping.name(provider.uniqid)}-{suffix}", "", options, options))


def _registration(snapshot: Snapshot, provider: Provider) -> Part:
    name, user = escaping.name(provider.uniqid), escaping.value(provider.username)
    own = {
        "outbound_auth": f"{name}-REG-AUTH",
        "contact_user": user,
        "server_uri": f"sip:{_host(provider)}",
        "client_uri": f"sip:{user}@{_host(provider)}",
        **_transport(provider),
        **_proxy(provider),
    }
    whole = pjsip_frame.registration(snapshot) | own
    return Part("registration", Section(f"{name}-REG", "registration-base", own, whole))


def _address(provider: Provider) -> Part:
    """Return where calls to the provider go; one that registers here tells it then."""
    own = {}
    if provider.registration == "outbound":
        own["contact"] = f"sip:{escaping.value(provider.username)}@{_host(provider)}"
    elif provider.registration == "none":
        own["contact"] = f"sip:{_host(provider)}"
    if provider.qualify:
        own |= {"qualify_frequency": str(provider.qualify_frequency), "qualify_timeout": "3.0"}
    own |= _proxy(provider)
    whole = pjsip_frame.PROVIDER_AOR | own
    return Part("aor", Section(_endpoint_name(provider), "provider-aor-base", own, whole))


def _endpoint(snapshot: Snapshot, provider: Provider, context: str) -> Part:
    name = escaping.name(provider.uniqid)
    own = {
        "set_var": f"providerID={name}",
        "context": context,
        "dtmf_mode": provider.dtmf_mode,
        **_codecs(snapshot, provider),
        **_from(provider),
        "aors": _endpoint_name(provider),
        **_credentials(provider, name),
        **_proxy(provider),
    }
    if provider.network in snapshot.networks_by_id:
        own["acl"] = f"acl_{name}"
    template = {"": "provider-endpoint-base"}.get(
        provider.transport, f"provider-endpoint-{provider.transport}"
    )
    whole = pjsip_frame.endpoint_of_providers(snapshot) | own
    return Part("endpoint", Section(_endpoint_name(provider), template, own, whole))


def _from(provider: Provider) -> dict[str, str]:
    """Return who calls; without a user where the provider wants the caller's own number."""
    user = escaping.value(provider.from_user or provider.username)
    found = {} if provider.disable_from_user or not user else {"from_user": user}
    if domain := escaping.value(provider.from_domain or provider.host):
        found["from_domain"] = domain
    if provider.registration == "outbound":
        found["contact_user"] = escaping.value(provider.username)
    return found


def _credentials(provider: Provider, name: str) -> dict[str, str]:
    if provider.registration == "outbound":
        return {"outbound_auth": f"{name}-AUTH"}
    if provider.registration == "inbound":
        return {"auth": f"{name}-AUTH", "identify_by": "username,auth_username"}
    return {}


def _codecs(snapshot: Snapshot, provider: Provider) -> dict[str, str]:
    known = {codec.name for codec in snapshot.codecs}
    chosen = [name for name in provider.codecs if name in known]
    return {"disallow": "all", "allow": "\n".join(chosen)} if chosen else {}


def _transport(provider: Provider) -> dict[str, str]:
    return {"transport": f"transport-{provider.transport}"} if provider.transport else {}


def _proxy(provider: Provider) -> dict[str, str]:
    proxy = escaping.value(provider.outbound_proxy)
    return {"outbound_proxy": f"sip:{proxy}\\;lr"} if proxy else {}


def _addresses(provider: Provider) -> str:
    """Return the hosts by which calls of the provider are known."""
    proxy = provider.outbound_proxy.partition(":")[0]
    hosts = map(escaping.value, [*provider.additional_hosts, provider.host, proxy])
    return ",".join(host for host in dict.fromkeys(hosts) if host)


def _host(provider: Provider) -> str:
    return f"{escaping.value(provider.host)}:{provider.port}"
