"""What every answer of web must carry (reference R6.2)."""

from __future__ import annotations

from collections.abc import Mapping

EXACTLY = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "object-src": "'none'",
}
NEVER = ("access-control-allow-origin", "access-control-allow-credentials", "server-timing")


def lacking(headers: Mapping[str, str]) -> list[str]:
    """Return what is missing or weaker than it should be; nothing for a good answer."""
    found = {name.lower(): value for name, value in headers.items()}
    wrong = [name for name, value in EXACTLY.items() if found.get(name) != value]
    wrong += [name for name in NEVER if name in found]
    wrong += _weak_policy(found.get("content-security-policy", ""))
    if "html" in found.get("content-type", "").lower() and found.get("cache-control") != "no-store":
        wrong.append("cache-control")
    if "camera=()" not in found.get("permissions-policy", ""):
        wrong.append("permissions-policy")
    return wrong


def _weak_policy(text: str) -> list[str]:
    policy = {}
    for part in text.split(";"):
        name, _space, value = part.strip().partition(" ")
        policy[name] = value.strip()
    if "sandbox" in policy:  # an asset: as a page of its own it may do even less
        asset = policy.get("sandbox") == "" and policy.get("default-src") == "'none'"
        strict = policy.get("frame-ancestors", "'none'") == "'none'"
        return [] if asset and strict and "script-src" not in policy else ["sandbox"]
    return [f"policy {name}" for name, value in POLICY.items() if policy.get(name) != value]
