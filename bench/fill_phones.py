"""``python -m bench.fill_phones NUMBER``: exactly that many phones, as rows."""

from __future__ import annotations

import json
import sys

import django
from django.db import transaction

django.setup()

from telephony_app.models import Extension, SipAccount  # noqa: E402

_BATCH = 1_000


def main(count: int) -> None:
    """Delete all phones and write ``count`` others."""
    with transaction.atomic():
        SipAccount.objects.all()._raw_delete("default")
        Extension.objects.filter(kind="phone")._raw_delete("default")
        rows = [
            Extension(number=str(100_000 + place), name=f"Person {place}", revision=1)
            for place in range(count)
        ]
        Extension.objects.bulk_create(rows, batch_size=_BATCH)
        accounts = (SipAccount(extension=row, secret="x" * 24, revision=1) for row in rows)
        SipAccount.objects.bulk_create(accounts, batch_size=_BATCH)


if __name__ == "__main__":
    main(int(sys.argv[1]))
    print(json.dumps({"phones": int(sys.argv[1])}))
