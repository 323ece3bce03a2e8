"""Rules on what opens the PBX to strangers (the security list of reference M15.5)."""

from __future__ import annotations

from modules_app.domain.findings import Severity
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.lint.rule import LintRule

SECURITY_RULES = (
    LintRule(
        "shell-injection",
        Severity.WARNING,
        _("A shell gets a command line that is put together at run time: {name}."),
        _("Whoever chooses a part of the text can run commands of their own."),
        _("Give the program and its arguments as a list, without shell=True."),
        bad="import subprocess\n\n\ndef ping(host):\n"
        '    subprocess.run(f"ping {host}", shell=True)\n',
    ),
    LintRule(
        "dynamic-code",
        Severity.WARNING,
        _("{name} runs text as code."),
        _("Whoever can change the text can do everything that the module can."),
        _("Read data with json.loads or ast.literal_eval; choose functions from a dictionary."),
        bad="def calculate(formula):\n    return eval(formula)\n",
        good="import ast\n\n\ndef read(value):\n    return ast.literal_eval(value)\n",
    ),
    LintRule(
        "unsafe-load",
        Severity.WARNING,
        _("{name} builds whatever objects the data asks for."),
        _("Data from a file or a network becomes code that runs while it is read."),
        _("Use json, or yaml.safe_load."),
        bad="import pickle\n\n\ndef read(data):\n    return pickle.loads(data)\n",
        good="import json\n\n\ndef read(data):\n    return json.loads(data)\n",
    ),
    LintRule(
        "tls-off",
        Severity.WARNING,
        _("{name} switches the check of certificates off."),
        _("Anybody on the way can read and change what is sent, passwords too."),
        _("Leave the check on; give a private authority's certificate with verify=PATH."),
        bad="import requests\n\n\ndef ask(url):\n"
        "    return requests.get(url, timeout=5, verify=False)\n",
        good="import requests\n\n\ndef ask(url):\n    return requests.get(url, timeout=5)\n",
    ),
    LintRule(
        "sql-text",
        Severity.WARNING,
        _("{name} gets SQL that is put together from pieces."),
        _("A value with a quotation mark in it changes the query."),
        _("Use the models, or placeholders: execute(sql, [value])."),
        bad="def find(cursor, number):\n"
        "    cursor.execute(f\"SELECT * FROM m_Calls WHERE number = '{number}'\")\n",
        good="def find(cursor, number):\n"
        '    cursor.execute("SELECT * FROM m_Calls WHERE number = %s", [number])\n',
    ),
    LintRule(
        "html-unescaped",
        Severity.WARNING,
        _("{name} puts text on a page without escaping it."),
        _("Text that a stranger typed, a caller's name say, becomes part of the page."),
        _("Let templates escape; build small pieces with format_html."),
        bad="from django.utils.safestring import mark_safe\n\n\ndef label(name):\n"
        '    return mark_safe("<b>" + name + "</b>")\n',
        good="from django.utils.html import format_html\n\n\ndef label(name):\n"
        '    return format_html("<b>{}</b>", name)\n',
    ),
    LintRule(
        "csrf-off",
        Severity.WARNING,
        _("{name} takes forms from other sites."),
        _("A page elsewhere can then send a form in the name of whoever is logged in here."),
        _("Remove it and write csrf_token into the form; programs use the REST interface."),
        bad="from django.views.decorators.csrf import csrf_exempt\n\n\n@csrf_exempt\n"
        "def save(request):\n    ...\n",
        file="views.py",
    ),
    LintRule(
        "method-from-request",
        Severity.WARNING,
        _("The name of a method comes from the request."),
        _("A stranger can then call every method of the object."),
        _("Choose from a dictionary of what may be called."),
        bad='def act(request, target):\n    return getattr(target, request.GET["action"])()\n',
        good='def act(request, actions):\n    return actions[request.GET["action"]]()\n',
        file="views.py",
    ),
    LintRule(
        "secret-in-code",
        Severity.WARNING,
        _("{name} is a secret that stands in the code."),
        _("Everybody who has the package has it, and changing it takes a new version."),
        _("Store it in a settings model of the module."),
        bad='API_TOKEN = "wJalrXUtnFEMI7MDENG"\n',
    ),
    LintRule(
        "temp-name",
        Severity.WARNING,
        _("“{name}” is a temporary name that others can guess."),
        _("Another user of the machine can put a link there first."),
        _("Use tempfile.TemporaryDirectory, or logs_dir for logs."),
        bad='def save(data):\n    with open("/tmp/report.csv", "w") as file:\n'
        "        file.write(data)\n",
        good="import tempfile\n\n\ndef save(data):\n"
        '    with tempfile.TemporaryFile("w") as file:\n        file.write(data)\n',
    ),
    LintRule(
        "post-message-any",
        Severity.WARNING,
        _("postMessage sends to whatever page is listening."),
        _("Another site that frames or opened the page can read it."),
        _("Name the receiver: postMessage(data, location.origin)."),
        bad='parent.postMessage(data, "*");\n',
        good="parent.postMessage(data, location.origin);\n",
        file="public/assets/js/demo.js",
    ),
)
