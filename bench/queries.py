"""``python -m bench.queries``: how many queries a page makes, as JSON."""

from __future__ import annotations

import json

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

PAGES = {"overview": "/", "module list": "/modules/", "operations": "/operations/"}


def main() -> dict[str, int]:
    """Return the number of queries by page, for an administrator."""
    setup_test_environment()
    client = Client(HTTP_HOST="127.0.0.1")
    user = get_user_model().objects.get(is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    counts = {}
    for name, address in PAGES.items():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        counts[name] = len(queries)
    return counts


if __name__ == "__main__":
    print(json.dumps(main()))
