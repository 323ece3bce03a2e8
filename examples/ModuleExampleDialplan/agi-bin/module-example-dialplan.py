#!/usr/bin/env python3
"""Remember the last caller in Asterisk's own database; run by Asterisk for extension 5556."""

from __future__ import annotations

from lib.agi import Agi, run_script


def handle(agi: Agi) -> None:
    """Tell who called before, and remember who calls now."""
    before = agi.database_get("module-example-dialplan", "last", "nobody")
    agi.verbose(f"the last caller was {before}")
    agi.database_put("module-example-dialplan", "last", agi.request["agi_callerid"])
    agi.set_variable("MODULE_EXAMPLE_LAST", before)


run_script(handle)
