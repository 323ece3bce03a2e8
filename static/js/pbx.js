/* Upgrades of pages that also work without it: announcements, dialogs, upload progress, copying. */
(function () {
  "use strict";

  var opener = null;

  function $(selector, root) { return (root || document).querySelector(selector); }
  function all(selector, root) { return Array.from((root || document).querySelectorAll(selector)); }

  /* One status region speaks; the same words twice in a row stay silent. */
  function announce(text) {
    var region = $("#status");
    if (region && text && region.textContent !== text) { region.textContent = text; }
  }
  function announceIn(root) {
    if (root.matches && root.matches("[data-announce]")) { announce(root.dataset.announce); }
    all("[data-announce]", root).forEach(function (node) { announce(node.dataset.announce); });
  }
  function focusProblem(root) {
    var problem = $("[data-focus]", root);
    if (problem) { problem.focus(); }
  }

  /* A part that is swapped takes the focus with it: what stands in its place gets it back. */
  var focused = null;

  function caption(node) {
    return node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") || node.textContent.trim();
  }
  function live(root, selector) {
    return root ? all(selector, root).filter(function (node) { return !node.disabled; }) : [];
  }
  function rememberFocus(target, asking) {
    var node = document.activeElement;
    var inside = target && target.id && node !== document.body && target.contains(node);
    var nav = inside && node.closest("nav");
    focused = inside ? {
      id: node.id, tag: node.tagName, caption: caption(node), place: target.id,
      nav: nav && nav.getAttribute("aria-label"), asked: node === asking && node.matches(":focus-visible")
    } : null;
  }
  function heir(was, place) {
    var self = was.id && document.getElementById(was.id);
    var same = live(place, was.tag).find(function (node) { return caption(node) === was.caption; });
    var nav = all("nav", place).find(function (node) { return was.nav && caption(node) === was.nav; });
    if (self && !self.disabled) { return self; }
    return same || live(self && self.parentElement, "button")[0] || live(nav, "a[href], button")[0];
  }
  function returnFocus() {
    var was = focused;
    var place = was && document.getElementById(was.place);
    focused = null;
    if (!place || document.activeElement !== document.body) { return; }
    var next = heir(was, place) || place;
    if (next === place) { place.tabIndex = -1; }
    next.focus({ preventScroll: true });
    if (was.asked) { setTimeout(function () { next.scrollIntoView({ block: "nearest" }); }); }
  }

  /* Dialogs: native, focus goes back to what opened them. */
  function openDialog() {
    var dialog = $("#dialog dialog");
    if (!dialog) { return; }
    dialog.addEventListener("close", function () {
      $("#dialog").replaceChildren();
      if (opener && opener.isConnected) { opener.focus(); }
    });
    dialog.showModal();
  }

  /* Rows: a verb changes its own line; a question opens as a dialog instead of a page. */
  document.addEventListener("click", function (event) {
    var plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    var asked = plain && window.htmx && event.target.closest("[data-dialog], [data-row-verb]");
    if (!asked) { return; }
    event.preventDefault();
    if (asked.hasAttribute("data-dialog")) {
      opener = asked;
      window.htmx.ajax("GET", asked.getAttribute("href"), { source: asked, target: "#dialog" });
    } else if (!asked.classList.contains("is-busy")) {
      asked.classList.add("is-busy");
      window.htmx.ajax("POST", asked.getAttribute("formaction"), {
        source: asked, target: asked.closest("tr"), swap: "outerHTML",
        values: Object.fromEntries(new FormData(asked.form))
      });
    }
  });

  document.addEventListener("click", function (event) {
    var target = event.target.closest("[data-close], [data-copy]");
    if (target && target.hasAttribute("data-close") && target.closest("dialog")) {
      event.preventDefault();
      target.closest("dialog").close();
    } else if (target && target.hasAttribute("data-copy")) {
      copy(target);
    }
    if (event.target.matches("dialog:not([data-keep])")) { event.target.close(); }
    all("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  function copy(button) {
    var place = $(button.dataset.copy);
    var text = "value" in place ? place.value : place.textContent;
    var label = $("span", button);
    var before = label.textContent;
    function done() {
      label.textContent = button.dataset.done;
      announce(button.dataset.done);
      setTimeout(function () { label.textContent = before; }, 2000);
    }
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(done);
    } else {
      if ("value" in place) { place.select(); } else { window.getSelection().selectAllChildren(place); }
      if (document.execCommand("copy")) { done(); }
    }
  }

  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      var search = $("[data-shortcut='/']");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape") {
      all("details.menu[open]").forEach(function (menu) {
        menu.open = false;
        $("summary", menu).focus();
      });
    }
  });

  /* The choice of modules outlives search and filter: what is not shown is kept in hidden fields. */
  var chosen = new Set();

  function readyChoice() {
    all("[data-choose]:checked, #chosen-elsewhere input").forEach(function (box) { chosen.add(box.value); });
    showChoice();
  }
  function showChoice() {
    var bar = $("#chosen-bar");
    if (!bar) { return; }
    var boxes = all("[data-choose]");
    var shown = boxes.map(function (box) { box.checked = chosen.has(box.value); return box.value; });
    var ticked = boxes.filter(function (box) { return box.checked; }).length;
    var whole = $("[data-choose-all]");
    if (whole) {
      whole.checked = ticked > 0 && ticked === boxes.length;
      whole.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    hideFields($("#chosen-elsewhere"), "search-form", Array.from(chosen).filter(function (id) { return !shown.includes(id); }));
    $("#chosen-count").textContent = chosen.size;
    bar.classList.toggle("is-empty", chosen.size === 0);
  }
  function hideFields(place, form, ids) {
    place.replaceChildren.apply(place, ids.map(function (id) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = "id";
      field.value = id;
      field.setAttribute("form", form);
      return field;
    }));
  }
  function choose(boxes, wanted) {
    boxes.forEach(function (box) { chosen[wanted ? "add" : "delete"](box.value); });
    showChoice();
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-choose]")) { choose([event.target], event.target.checked); }
    if (event.target.matches("[data-choose-all]")) { choose(all("[data-choose]"), event.target.checked); }
  });

  /* Many modules do not fit into an address, so with this script the plan is asked for by a form. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-batch], [data-choose-none]");
    if (!button) { return; }
    event.preventDefault();
    if (!button.hasAttribute("data-batch")) {
      chosen.clear();
      showChoice();
      ($("[data-choose-all]") || $("[data-choose]") || button).focus();
      return;
    }
    hideFields($("#chosen-elsewhere"), "act", [Array.from(chosen).join(" ")]);
    var form = $("#act");
    form.action = button.formAction;
    button.setAttribute("form", "act");
    form.requestSubmit(button);
  });

  /* A button pressed once stays busy; the server ignores the second press anyway. */
  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (event.defaultPrevented || !button || !button.hasAttribute("data-busy")) { return; }
    button.setAttribute("aria-disabled", "true");
    button.classList.add("is-busy");
    button.addEventListener("click", function (again) { again.preventDefault(); });
  });
  window.addEventListener("pageshow", function () {
    all(".is-busy").forEach(function (button) {
      button.classList.remove("is-busy");
      button.removeAttribute("aria-disabled");
    });
  });

  /* Upload with bytes progress; without this script the same form posts the plain way. */
  function size(bytes) {
    var units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    var step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
    return new Intl.NumberFormat(document.documentElement.lang, {
      style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: 1
    }).format(bytes / Math.pow(1024, step));
  }

  function upload(form) {
    var input = $("input[type=file]", form);
    var box = $(".upload-progress", form);
    var bar = $("progress", box);
    var text = $("#upload-text", box);
    var request = new XMLHttpRequest();
    var body = new FormData(form);
    box.hidden = false;
    form.classList.add("is-sending");
    $(".upload-name", box).textContent = Array.from(input.files, function (file) { return file.name; }).join(", ");
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) { return; }
      bar.value = Math.floor(event.loaded / event.total * 100);
      text.textContent = form.dataset.sending + ": " + size(event.loaded) + " / " + size(event.total);
    });
    request.upload.addEventListener("load", function () {
      bar.removeAttribute("value");
      text.textContent = form.dataset.reading + "…";
      announce(form.dataset.reading);
    });
    request.addEventListener("load", function () { uploaded(request); });
    request.addEventListener("error", function () { lost(form, box); });
    announce(form.dataset.sending);
    request.open("POST", form.action || location.href);
    request.send(body);
  }

  function uploaded(request) {
    if (request.status < 400) { location.assign(request.responseURL); return; }
    var answer = new DOMParser().parseFromString(request.responseText, "text/html");
    var fresh = $("#upload", answer) || $("#error-page", answer);
    $("#upload").replaceWith(document.importNode(fresh, true));
    ready(document);
    var problem = $(".problem, [role=alert], #error-page");
    if (problem) {
      problem.tabIndex = -1;
      problem.focus();
      announce(problem.textContent.trim().split("\n")[0]);
    }
  }

  function lost(form, box) {
    box.hidden = true;
    form.classList.remove("is-sending");
    $("#problem").textContent = form.dataset.lost;
    $("#problem").className = "alert alert-danger";
    $("#problem").focus();
    announce(form.dataset.lost);
  }

  function readyUpload(form) {
    var drop = $("[data-drop]", form);
    var input = $("input[type=file]", form);
    form.addEventListener("submit", function (event) {
      if (input.files.length) { event.preventDefault(); upload(form); }
    });
    ["dragenter", "dragover"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("is-over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      drop.addEventListener(name, function () { drop.classList.remove("is-over"); });
    });
    drop.addEventListener("drop", function (event) {
      event.preventDefault();
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; upload(form); }
    });
  }

  function ready(root) {
    all("form[data-upload]", root).forEach(readyUpload);
    focusProblem(root);
  }

  /* htmx: errors that name their place are shown there, a redirect to login is followed. */
  document.addEventListener("htmx:beforeRequest", function (event) {
    var element = event.detail.elt;
    var polling = /every/.test(element.getAttribute("hx-trigger") || "");
    if (polling && document.hidden && Math.random() > 0.2) { event.preventDefault(); }
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var request = event.detail.xhr;
    var asked = new URL(event.detail.pathInfo.requestPath, location.href).pathname;
    if (request.responseURL && request.status < 400 && new URL(request.responseURL).pathname === "/login/" && asked !== "/login/") {
      event.detail.shouldSwap = false;
      location.reload();
    } else if (request.getResponseHeader("HX-Retarget")) {
      event.detail.shouldSwap = true;
    }
    rememberFocus(event.detail.target, event.detail.requestConfig.elt);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    event.detail.elt.classList.remove("is-busy");
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target;
    if (target && target.id === "dialog") { openDialog(); }
    if (target && target.id === "problem") { target.focus(); }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    $("#offline").hidden = true;
    announceIn(event.detail.elt);
    showChoice();
    returnFocus();
  });
  ["htmx:sendError", "htmx:responseError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Retarget")) { return; }
      $("#offline").hidden = false;
      announce($("#offline").textContent);
    });
  });

  announceIn(document.body);
  ready(document);
  readyChoice();
})();
