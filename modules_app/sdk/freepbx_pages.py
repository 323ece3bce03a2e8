"""What the class of a FreePBX module does around pages (reference F3.9, F9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from modules_app.sdk.context import current_module
from modules_app.sdk.form_fields import FormFields

FIELD_PREFIX = "m-{id}-"
"""How the names of fields begin that a module adds to the page of another."""


class Component(FormFields):
    """The page of another module as `PageMethods.do_gui_hook` sees it: ``add`` a field to it.

    ``name`` is the page's, as module.xml calls it in ``display``.
    """


class PageMethods:
    """Methods that a module's class may have; ``request.user`` is the person who looks.

    A page is named as in module.xml: by ``display``, else by the key of its menu item. The page of
    the module's own name is its first one.
    """

    def show_page(self, request: HttpRequest, display: str) -> HttpResponse | None:
        """Answer with the page of this name; None says that there is none.

        Pages that ``urls.py`` or a file ``page_<display>.py`` has come first.
        """
        return None

    def do_config_page_init(self, page: str, request: HttpRequest) -> HttpResponse | None:
        """Do something before a page is drawn, such as taking its form; a response ends it.

        It is called for every page of the module itself, and for pages of others that
        `my_config_page_inits` names.
        """
        return None

    def my_config_page_inits(self) -> Sequence[str]:
        """Return the pages of other modules before which `do_config_page_init` is called."""
        return ()

    def my_gui_hooks(self) -> Sequence[str | Mapping[str, Any]]:
        """Return the pages of others to which fields are added, and whose HTML is looked at.

        A text is a page for `do_gui_hook`. ``{"INTERCEPT": ["modules/core/page.trunks.php"]}``
        names the files whose page `do_gui_intercept` sees; ``core/page_trunks.py`` is the same.
        """
        return ()

    def do_gui_hook(self, component: Component, page: str) -> None:
        """Add fields to a page of another module, where it has ``{% gui_hooks %}``.

        What people type comes back to `do_config_page_init` of that page; see `posted`.
        """

    def do_gui_intercept(self, file: str, output: str) -> str | None:
        """Return other HTML for a page of another module, None to leave it as it is."""
        return None

    def ajax_request(self, command: str) -> bool | str:
        """Say whether ``/m/<id>/ajax/?command=…`` may be asked; what is not allowed here is 403.

        True takes POST alone, with the CSRF token. "GET" also takes requests without one: only
        for commands that change nothing.
        """
        return False

    def ajax_handler(self, command: str, request: HttpRequest) -> Any:
        """Return the answer to an allowed command: values that JSON knows, or a response."""
        return None

    def get_right_nav(self, request: HttpRequest) -> Sequence[tuple[str, str]]:
        """Return pairs of caption and address, drawn where a page has ``{% right_nav %}``."""
        return ()


def posted(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into the fields that this module added to a page, by their names."""
    prefix = FIELD_PREFIX.format(id=current_module().id)
    return {
        name.removeprefix(prefix): str(value)
        for name, value in request.POST.items()
        if name.startswith(prefix)
    }
