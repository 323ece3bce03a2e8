"""Placing a sidebar item from the command line."""

from __future__ import annotations

import sys
from typing import Any

from django.utils.translation import get_language

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json
from modules_app.models import MenuItem
from modules_app.selectors.menu import caption_of, find_menu_item, is_shown
from modules_app.services.menu import place_menu_item, reset_menu_item


def place(args: Any) -> int:
    """Change what was named and leave the rest as it is placed now."""
    item = find_menu_item(args.id, args.key or None)
    if args.reset:
        item = reset_menu_item(actor=actor(), module_id=args.id, key=item.key)
    else:
        item = place_menu_item(
            actor=actor(),
            module_id=args.id,
            key=item.key,
            shown=is_shown(item) if args.shown is None else args.shown,
            group=args.group or item.placed_group or item.group,
            caption=item.placed_caption if args.caption is None else args.caption,
            order=_order(item) if args.order is None else args.order,
        )
    _show(item, as_json=args.json)
    return 0


def _order(item: MenuItem) -> int:
    return item.order if item.placed_order is None else item.placed_order


def _show(item: MenuItem, *, as_json: bool) -> None:
    placed = {
        "module": item.module_id,
        "key": item.key,
        "shown": is_shown(item),
        "group": item.placed_group or item.group,
        "caption": caption_of(item, get_language() or "en"),
        "order": _order(item),
    }
    if as_json:
        print_json(placed)
        return
    sys.stdout.write(" ".join(f"{name}={value}" for name, value in placed.items()) + "\n")
