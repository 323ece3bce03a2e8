/* Making a destination in place: a module's page as a dialog above a form, which stays as it is. */
(function () {
  "use strict";

  var dialog = null, opener = null, address = "", here = "";

  function $(selector, root) { return (root || document).querySelector(selector); }
  function all(selector, root) { return Array.from((root || document).querySelectorAll(selector)); }

  document.addEventListener("click", function (event) {
    var plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    var link = plain && event.target.closest("a[data-popover]");
    var template = link && $("[data-popover-dialog]", link.closest("form") || document);
    if (!template || !window.HTMLDialogElement) { return; }
    event.preventDefault();
    open(link, template);
  });

  function open(link, template) {
    var menu = link.closest("details");
    if (menu) { menu.open = false; }
    opener = { link: menu ? $("summary", menu) : link, select: document.getElementById(link.dataset.popover) };
    address = link.href;
    here = "";
    dialog = document.importNode(template.content, true).firstElementChild;
    dialog.addEventListener("submit", sent);
    dialog.addEventListener("close", closed);
    document.body.append(dialog);
    dialog.showModal();
    ask(address, {});
  }

  function closed() {
    dialog.remove();
    dialog = null;
    var next = opener.done ? opener.select : opener.link;
    if (next && next.isConnected) { next.focus(); }
  }

  /* One request at a time; what comes after the dialog was closed is nobody's. */
  function ask(to, options) {
    var own = dialog;
    own.setAttribute("aria-busy", "true");
    problem("");
    options.headers = { "X-Requested-With": "dialog" };
    fetch(to, options).then(function (response) {
      return response.text().then(function (text) { return [response, text]; });
    }).then(function (got) {
      if (own === dialog) { own.removeAttribute("aria-busy"); answered(got[0], got[1], Boolean(options.body)); }
    }).catch(function () {
      if (own === dialog) { own.removeAttribute("aria-busy"); problem(own.dataset.lost); }
    });
  }

  function answered(response, text, wasSent) {
    var kind = response.headers.get("Content-Type") || "";
    if (response.redirected && new URL(response.url).pathname === "/login/") { problem(dialog.dataset.out); return; }
    if (kind.startsWith("application/json")) { made(JSON.parse(text)); return; }
    var page = new DOMParser().parseFromString(text, "text/html");
    var part = $("[data-popover-part]", page) || $("main", page) || page.body;
    if (wasSent && !response.ok && !$("form", part)) {
      problem(all("h1, h2, p", part).slice(0, 3).map(function (one) { return one.textContent.trim(); }).join(" "));
    } else {
      show(part);
    }
  }

  function problem(text) {
    var line = $("[data-popover-problem]", dialog);
    line.textContent = text;
    line.hidden = !text;
    if (text) { line.focus(); }
  }

  /* The page beneath may have the same ids; scripts of the module belong to its own page. */
  function show(part) {
    here = part.dataset.address || "";
    all("script, style, link, #status, #offline", part).forEach(function (one) { one.remove(); });
    all("[id]", part).forEach(function (one) { one.id = "popover-" + one.id; });
    ["for", "list", "form", "aria-describedby", "aria-labelledby", "aria-controls"].forEach(function (name) {
      all("[" + name + "]", part).forEach(function (one) {
        one.setAttribute(name, one.getAttribute(name).trim().split(/\s+/).map(function (id) { return "popover-" + id; }).join(" "));
      });
    });
    all("a[href]", part).forEach(function (link) {
      var href = link.getAttribute("href");
      if (href.startsWith("#")) { link.setAttribute("href", "#popover-" + href.slice(1)); return; }
      link.target = "_blank";
      link.rel = "noopener";
    });
    var body = $("[data-popover-body]", dialog);
    body.replaceChildren.apply(body, Array.from(document.importNode(part, true).childNodes));
    var heading = $("h1, h2", body);
    if (heading) { heading.id = "popover-title"; heading.tabIndex = -1; }
    var first = $("[data-focus]", body) || $("input:not([type=hidden]), select, textarea", body) || heading;
    if (first) { first.focus(); }
    dialog.scrollTop = 0;
  }

  /* A form goes to the page of the module that it names, by way of the dialog's own address. */
  function sent(event) {
    var form = event.target, button = event.submitter;
    if (event.defaultPrevented || form.method === "dialog") { return; }
    event.preventDefault();
    if (dialog.getAttribute("aria-busy")) { return; }
    var body = new FormData(form);
    if (button && button.name) { body.append(button.name, button.value); }
    var to = new URL(address);
    var at = new URL(button && button.getAttribute("formaction") || form.getAttribute("action") || here, new URL(here, address));
    if (form.method !== "post") { at.search = new URLSearchParams(body); }
    if (at.origin === to.origin && at.pathname.startsWith("/m/")) { to.searchParams.set("at", at.pathname + at.search); }
    ask(to.href, form.method === "post" ? { method: "POST", body: body } : {});
  }

  function made(answer) {
    var select = opener.select, said = dialog.dataset;
    var fresh = answer.destinations.filter(function (one) { return add(select, one); });
    var values = answer.made.length ? answer.made : fresh.map(function (one) { return one.value; });
    var chosen = answer.destinations.find(function (one) { return one.value === values[0]; });
    var text = said.nothing;
    if (values.length > 1) {
      text = said.several;
    } else if (chosen) {
      text = said.made.replace("{label}", chosen.label);
      select.value = chosen.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    opener.done = true;
    dialog.close();
    tell(select, text);
  }

  /* Every list of destinations on the page gets the new one; tells whether the first lacked it. */
  function add(select, one) {
    var lacked = !has(select, one.value);
    all("select[data-destinations]").forEach(function (list) {
      if (has(list, one.value)) { return; }
      var group = all("optgroup", list).find(function (found) { return found.label === one.category; });
      if (!group) {
        group = document.createElement("optgroup");
        group.label = one.category;
        list.append(group);
      }
      group.append(new Option(one.label, one.value));
    });
    return lacked;
  }
  function has(select, value) {
    return Array.from(select.options).some(function (option) { return option.value === value; });
  }

  function tell(select, text) {
    var note = $("[data-destination-note]", select.closest(".destination").parentElement);
    note.textContent = text;
    note.hidden = false;
    if ($("#status")) { $("#status").textContent = text; }
  }
})();
