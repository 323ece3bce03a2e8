"""The least configuration with which phones call each other: written by hand, for tests of what
comes before PBX Admin's own generators.
"""

from __future__ import annotations

from pathlib import Path

from tests.asterisk.lab.instance import Ports

AMI_USER = "tests"
AMI_SECRET = "a-secret-of-tests"
SECRETS = {"201": "secret-of-201", "202": "secret-of-202"}

MANAGER = """\
[general]
enabled = yes
port = {ports.ami}
bindaddr = 127.0.0.1

[{user}]
secret = {secret}
read = all
write = all
"""

HTTP = """\
[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = {ports.http}
"""

RTP = """\
[general]
rtpstart = {ports.rtp[0]}
rtpend = {ports.rtp[1]}
"""

TRANSPORT = """\
[transport-udp]
type = transport
protocol = udp
bind = 127.0.0.1:{ports.sip}
"""

PHONE = """
[{number}]
type = endpoint
context = internal
disallow = all
allow = alaw
direct_media = no
auth = {number}-auth
aors = {number}

[{number}-auth]
type = auth
username = {number}
password = {secret}

[{number}]
type = aor
max_contacts = 2
remove_existing = yes
"""

PROVIDER = """
[provider]
type = endpoint
context = incoming
disallow = all
allow = alaw
direct_media = no
aors = provider

[provider]
type = aor
contact = sip:127.0.0.2:{ports.provider}

[provider]
type = identify
endpoint = provider
match = 127.0.0.2
"""

REGISTRATION = """
[registration]
type = registration
outbound_auth = registration-auth
server_uri = sip:127.0.0.3:{ports.provider}
client_uri = sip:account@127.0.0.3:{ports.provider}
contact_user = account
retry_interval = 1
forbidden_retry_interval = 1

[registration-auth]
type = auth
username = account
password = {secret}
"""

EXTENSIONS = """\
[internal]
exten => _2XX,1,Dial(PJSIP/${EXTEN},20)
exten => 600,1,Answer()
 same => n,Wait(600)
exten => 604,1,UserEvent(Seen,Said: ${COLOUR} and ${SHAPE})
exten => _9X.,1,Dial(PJSIP/7${EXTEN:1}@provider,20)

[incoming]
exten => 74951234567,1,Dial(PJSIP/201,20)
"""


def write_etc(etc: Path, ports: Ports) -> None:
    """Write configuration for two phones, a provider, an AMI account and nothing else."""
    etc.mkdir(parents=True, exist_ok=True)
    phones = "".join(PHONE.format(number=n, secret=s) for n, s in SECRETS.items())
    files = {
        "manager.conf": MANAGER.format(ports=ports, user=AMI_USER, secret=AMI_SECRET),
        "http.conf": HTTP.format(ports=ports),
        "rtp.conf": RTP.format(ports=ports),
        "pjsip.conf": TRANSPORT.format(ports=ports) + phones + PROVIDER.format(ports=ports),
        "extensions.conf": EXTENSIONS,
    }
    for name, text in files.items():
        (etc / name).write_text(text)
