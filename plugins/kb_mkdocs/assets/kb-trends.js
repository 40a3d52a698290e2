/* Charts that answer the pointer, on demand: a button under each drawing loads what draws and what is drawn, once a page.
   Both are the site's own files. The drawing in the page stays until the other one stands. */
(function () {
  "use strict";

  var root = document.querySelector("[data-kb-charts]"), specs = null, waiting = [];
  if (!root) return;

  /* The data of a page calls this. */
  window.kbCharts = function (found) { specs = found; };

  function load(address, then, failed) {
    var script = document.createElement("script");
    script.src = address;
    script.charset = "utf-8";
    script.onload = then;
    script.onerror = failed;
    document.head.append(script);
  }

  function ready(then, failed) {
    if (specs && window.vegaEmbed) return then();
    waiting.push(then);
    if (waiting.length > 1) return;
    load(root.getAttribute("data-kb-vega"), function () {
      load(root.getAttribute("data-kb-charts"), function () {
        waiting.splice(0).forEach(function (next) { next(); });
      }, failed);
    }, function () { waiting = []; failed(); });
  }

  function show(figure, button) {
    var place = document.createElement("div"), name = figure.getAttribute("data-kb-chart");
    var spec = JSON.parse(JSON.stringify(specs[name]));
    place.className = "kb-drawing-live";
    place.tabIndex = -1;
    place.hidden = true;
    figure.insertBefore(place, button);
    spec.width = Math.max(280, Math.min(figure.clientWidth, 1000));
    /* Expressions are interpreted, never compiled; a tooltip is text. */
    window.vegaEmbed(place, spec, {
      actions: false, renderer: "svg", ast: true, tooltip: { disableDefaultStyle: true, id: "kb-tip" }
    }).then(function () {
      place.hidden = false;
      Array.prototype.forEach.call(figure.children, function (one) { if (one !== place) one.remove(); });
      place.focus({ preventScroll: true });
    }, function () { place.remove(); fail(button); });
  }

  function fail(button) {
    button.textContent = "Could not be loaded";
    button.disabled = true;
  }

  root.querySelectorAll("[data-kb-chart]").forEach(function (figure) {
    var button = document.createElement("button"), section = figure.closest("section"), title = section && section.querySelector("h3");
    button.type = "button";
    button.className = "kb-live";
    button.textContent = "Interactive";
    if (title) button.setAttribute("aria-label", "Interactive: " + title.textContent);
    button.addEventListener("click", function () {
      button.disabled = true;
      button.textContent = "Loading";
      ready(function () { show(figure, button); }, function () { fail(button); });
    });
    figure.append(button);
  });
})();
