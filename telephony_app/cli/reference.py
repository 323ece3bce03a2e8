"""The generated reference of ``manage.py telephony``."""

from __future__ import annotations

import argparse

from modules_app.cli.reference import GENERATED, verb_lines, verbs_of
from telephony_app.cli.applying import add_words
from telephony_app.cli.parser import add_kinds


def commands_page() -> str:
    """Return docs/reference/telephony.md."""
    parser = argparse.ArgumentParser(prog="manage.py telephony", add_help=False)
    add_words(add_kinds(parser))
    lines = ["# Telephone commands", "", GENERATED]
    lines += ["`python manage.py telephony KIND VERB`; see"]
    lines += ["[extensions and routes](../guides/extensions-and-routes.md) for examples."]
    for name, kind, text in verbs_of(parser):
        verbs = list(verbs_of(kind))
        lines += ["", f"## {name}", ""]
        if not verbs:
            lines += verb_lines(kind, text)
        for verb, grammar, said in verbs:
            lines += [f"### {name} {verb}", "", *verb_lines(grammar, said), ""]
        while not lines[-1]:
            lines.pop()
    return "\n".join(lines) + "\n"
