"""Rules on habits that make modules hang, crash or fail quietly (reference M15.5, M17)."""

from __future__ import annotations

from modules_app.domain.findings import Severity
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.lint.rule import LintRule

HABIT_RULES = (
    LintRule(
        "shell-call",
        Severity.WARNING,
        _("{name} starts another program."),
        _("It may be missing, may hang, and runs with the rights of the module only."),
        _("Use the calls of modules_app.sdk and Python's own libraries."),
        bad='import subprocess\n\n\ndef reload():\n    subprocess.run(["nginx", "-s", "reload"])\n',
    ),
    LintRule(
        "process-exit",
        Severity.WARNING,
        _("{name} ends the whole process."),
        _("Other modules answer in the same process; a worker that exits is started again."),
        _("Return, or raise an exception."),
        bad="import sys\n\n\ndef stop():\n    sys.exit(1)\n",
        good='def stop():\n    raise RuntimeError("The exchange does not answer.")\n',
    ),
    LintRule(
        "bare-except",
        Severity.WARNING,
        _("An except without a type also catches the signal to stop."),
        _("The worker cannot be stopped, and a typing error looks like a network fault."),
        _("Name what you expect: except OSError."),
        bad="def ask():\n    try:\n        call()\n    except:\n        retry()\n",
        good="def ask():\n    try:\n        call()\n    except OSError:\n        retry()\n",
    ),
    LintRule(
        "silenced-error",
        Severity.WARNING,
        _("Every error is swallowed here without a word."),
        _("The module then does nothing, and neither its page nor the log says why."),
        _("Name what you expect, or log it with logging.exception."),
        bad="def ask():\n    try:\n        call()\n    except Exception:\n        pass\n",
        good="import logging\n\n\ndef ask():\n    try:\n        call()\n    except OSError:\n"
        '        logging.exception("The exchange does not answer")\n',
    ),
    LintRule(
        "fixed-port",
        Severity.WARNING,
        _("The port {name} is written into the code."),
        _("Administrators move ports; the module then talks to nobody or to the wrong program."),
        _("Read it from the settings of the PBX or from a settings model of the module."),
        bad="import socket\n\n\ndef open_ami():\n"
        '    return socket.create_connection(("127.0.0.1", 5038))\n',
        good="import socket\n\n\ndef open_ami(port):\n"
        '    return socket.create_connection(("127.0.0.1", port))\n',
    ),
    LintRule(
        "no-timeout",
        Severity.WARNING,
        _("{name} waits for ever when the other side does not answer."),
        _("A page or hook that hangs is stopped, and the module gets the blame."),
        _("Give a timeout in seconds."),
        bad="import requests\n\n\ndef ask(url):\n    return requests.get(url)\n",
        good="import requests\n\n\ndef ask(url):\n    return requests.get(url, timeout=5)\n",
    ),
    LintRule(
        "import-work",
        Severity.WARNING,
        _("{name} runs while the file is imported."),
        _("Every process that loads the module waits for it, before any table may exist."),
        _("Move it into a function that is called when it is needed."),
        bad='import requests\n\nRATES = requests.get("https://rates.example/", timeout=5).json()\n',
        good="import requests\n\n\ndef rates():\n"
        '    return requests.get("https://rates.example/", timeout=5).json()\n',
    ),
    LintRule(
        "code-folder-write",
        Severity.WARNING,
        _("{name} writes into the folder of the package."),
        _("Installed packages never change; the call is refused."),
        _("Use place_file for configuration, logs_dir for logs and models for data."),
        bad="from pathlib import Path\n\n\ndef remember(text):\n"
        '    (Path(__file__).parent / "state.txt").write_text(text)\n',
    ),
    LintRule(
        "python-internal-import",
        Severity.WARNING,
        _("{name} is not for modules; only modules_app.sdk stays compatible."),
        _("The next version may move or rename it, and the module no longer loads."),
        _("Import from modules_app.sdk; ask for what is missing there."),
        bad="from modules_app.models import Module\n",
        good="from modules_app.sdk import current_module\n",
    ),
    LintRule(
        "long-class",
        Severity.WARNING,
        _("The class {name} has {lines} lines."),
        _("Nobody can review it, and two people cannot change it at once."),
        _("Split it by task; 500 lines are the limit."),
    ),
    LintRule(
        "printed-hash",
        Severity.WARNING,
        _("A change is looked for by hashing printed data."),
        _("The order of a set or a changed format looks like a change each time."),
        _("Compare values, or hash json.dumps(data, sort_keys=True)."),
        bad="import hashlib\n\n\ndef state(rows):\n"
        "    return hashlib.sha256(str(rows).encode()).hexdigest()\n",
        good="import hashlib\nimport json\n\n\ndef state(rows):\n"
        "    text = json.dumps(rows, sort_keys=True)\n"
        "    return hashlib.sha256(text.encode()).hexdigest()\n",
    ),
    LintRule(
        "inline-script",
        Severity.WARNING,
        _("A script inside the page is blocked by the browser."),
        _("Pages are sent with rules that allow scripts from files only."),
        _("Move it to public/assets/js and name it with the asset tag."),
        bad='<button onclick="go()">Go</button>\n',
        good="<button data-go>Go</button>\n",
        file="templates/demo.html",
    ),
    LintRule(
        "inline-style",
        Severity.WARNING,
        _("A style inside the page is blocked by the browser."),
        _("Pages are sent with rules that allow styles from files only."),
        _("Use the classes of Bootstrap, or a file in public/assets/css."),
        bad='<p style="color: red">Stopped</p>\n',
        good='<p class="text-danger">Stopped</p>\n',
        file="templates/demo.html",
    ),
)
