"""What the host must load is read from rows, each module in full only when it is new."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules_app.models import Module
from modules_app.selectors.registry import RegistryReader, current_sequence
from tests.builders import php_module
from tests.lifecycle import Life


def test_the_registry_follows_the_rows(life: Life) -> None:
    reader = RegistryReader()
    assert reader.read().modules == ()
    life.install(php_module(version="1.0.0"), enable=True)
    [first] = reader.read().modules
    assert (first.version, first.generation) == ("1.0.0", Module.objects.get().generation)
    life.install(php_module(version="1.0.1"))
    registry = reader.read()
    assert registry.sequence == current_sequence()
    [second] = registry.modules
    assert (second.version, second.epoch) == ("1.0.1", Module.objects.get().epoch)
    assert registry == RegistryReader().read()
    life.disable(second.id)
    assert reader.read().modules == ()


def test_a_known_module_is_not_read_in_full_again(life: Life) -> None:
    life.install(php_module(), enable=True)
    reader = RegistryReader()
    registry = reader.read()
    with CaptureQueriesContext(connection) as queries:
        assert reader.read() == registry
    assert not any("titles" in query["sql"] for query in queries)
