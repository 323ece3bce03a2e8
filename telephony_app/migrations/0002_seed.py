"""Codecs in MikoPBX's order and the numbers that the system itself has (reference M7.2)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

AUDIO = [
    ("alaw", True, "G.711 A-law"),
    ("ulaw", True, "G.711 µ-law"),
    ("opus", True, "Opus"),
    ("g722", True, "G.722"),
    ("g729", False, "G.729"),
    ("ilbc", False, "iLBC"),
    ("g726", False, "G.726"),
    ("gsm", False, "GSM"),
    ("adpcm", False, "ADPCM"),
    ("lpc10", False, "LPC-10"),
    ("speex", False, "Speex"),
    ("slin", False, "Signed Linear PCM"),
]
VIDEO = [
    ("h264", False, "H.264"),
    ("h263", False, "H.263"),
    ("h263p", False, "H.263+"),
    ("vp8", False, "VP8"),
    ("vp9", False, "VP9"),
    ("h265", False, "H.265"),
]
SYSTEM = [
    ("hangup", "Hang up"),
    ("busy", "Busy"),
    ("did2user", "The dialled number"),
]


def fill(apps: Any, schema_editor: Any) -> None:
    codecs, extensions = (apps.get_model("telephony_app", name) for name in ("Codec", "Extension"))
    for media, rows in (("audio", AUDIO), ("video", VIDEO)):
        codecs.objects.bulk_create(
            codecs(name=name, media=media, priority=10 * place, disabled=not used, description=text)
            for place, (name, used, text) in enumerate(rows, start=1)
        )
    extensions.objects.bulk_create(
        extensions(number=number, kind="system", name=name, show_in_phonebook=False)
        for number, name in SYSTEM
    )


class Migration(migrations.Migration):
    dependencies = [("telephony_app", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
