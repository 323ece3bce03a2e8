/* Runs before the first paint: applies the chosen theme, or the system's. */
(function () {
  "use strict";
  var root = document.documentElement;
  var cookie = document.cookie.match(/(?:^|; )pbx_theme=(light|dark|auto)/);
  var chosen = cookie ? cookie[1] : root.dataset.theme || "auto";
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var dark = chosen === "dark" || (chosen === "auto" && system.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
  }
  apply();
  system.addEventListener("change", apply);
  root.classList.add("js");
})();
