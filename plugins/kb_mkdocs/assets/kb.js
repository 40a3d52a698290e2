/* What the pages do with script, and read well without: lists filter, playbooks remember what was ticked, timelines show
   one kind of row, search loads. No request is made but for a list's own data, which its page names, and for search. */
(function () {
  "use strict";

  var CHUNK = 100;

  function el(name, attributes, text) {
    var node = document.createElement(name);
    for (var key in attributes || {}) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function fold(text) {
    return text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  }

  /* Lists. The data of a list calls window.kbList(name, data): {facets: [[name, values]], marks: [[sign, word]],
     rows: [[address, title, day, mark, notes, bar, aside, [[places]]]]}. */
  window.kbList = function (name, data) {
    function start() {
      var root = document.querySelector('[data-kb-list="' + name + '"]');
      if (root) new List(root, data);
    }
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
  };

  function List(root, data) {
    this.root = root;
    this.data = data;
    this.top = root.getAttribute("data-kb-top");
    this.list = root.querySelector(".kb-rows");
    this.count = root.querySelector(".kb-count");
    this.form = root.querySelector(".kb-filters");
    this.order = this.count.querySelector("span").textContent;
    this.noun = this.count.querySelector("b").textContent.replace(/^[\d,]+\s*/, "");
    this.sorts = { given: this.order, newest: "newest first", oldest: "oldest first", longest: "longest first" };
    this.texts = data.rows.map(function (row) { return fold(row[1] + " " + row[4]); });
    this.read();
    this.build();
    var pager = root.querySelector(".kb-pager");
    if (pager) pager.remove();
    this.form.hidden = false;
    this.show();
    var self = this;
    window.addEventListener("popstate", function () { self.read(); self.reflect(); self.show(); });
  }

  List.prototype.read = function () {
    var query = new URLSearchParams(location.search), chosen = {};
    this.data.facets.forEach(function (facet) {
      var place = facet[1].indexOf(query.get(facet[0]));
      if (place >= 0) chosen[facet[0]] = place;
    });
    this.chosen = chosen;
    this.words = query.get("title") || "";
    this.sort = this.sorts[query.get("sort")] ? query.get("sort") : "given";
  };

  List.prototype.write = function (replace) {
    var query = new URLSearchParams(), self = this;
    this.data.facets.forEach(function (facet) {
      if (facet[0] in self.chosen) query.set(facet[0], facet[1][self.chosen[facet[0]]]);
    });
    if (this.words) query.set("title", this.words);
    if (this.sort !== "given") query.set("sort", this.sort);
    var address = location.pathname + (query.toString() ? "?" + query : "") + location.hash;
    history[replace ? "replaceState" : "pushState"](null, "", address);
  };

  List.prototype.build = function () {
    var self = this;
    this.controls = {};
    this.add("title", el("input", { type: "search", autocomplete: "off", maxlength: "200" }), "words in the row", "input");
    this.data.facets.forEach(function (facet) {
      if (facet[1].length > 1) self.add(facet[0], el("select"), facet[0], "change");
    });
    var sort = el("select");
    var seen = {};
    Object.keys(this.sorts).forEach(function (key) {
      var label = self.sorts[key].split(/[;,]/)[0];
      if (!seen[label]) sort.append(el("option", { value: key }, label));
      seen[label] = true;
    });
    this.add("sort", sort, "sort", "change");
    this.clear = el("button", { type: "reset" }, "Clear");
    this.form.append(this.clear);
    this.form.addEventListener("submit", function (event) { event.preventDefault(); });
    this.form.addEventListener("reset", function (event) {
      event.preventDefault();
      self.chosen = {}; self.words = ""; self.sort = "given";
      self.reflect(); self.write(); self.show();
    });
    this.more = el("button", { type: "button", class: "kb-more" });
    this.more.addEventListener("click", function () { self.draw(self.drawn + CHUNK); });
    this.list.after(this.more);
    this.reflect();
  };

  List.prototype.add = function (name, control, label, event) {
    var wrap = el("label", {}, label), self = this;
    control.name = name;
    wrap.append(control);
    this.form.append(wrap);
    this.controls[name] = control;
    control.addEventListener(event, function () {
      if (name === "title") self.words = control.value;
      else if (name === "sort") self.sort = control.value;
      else if (control.value === "") delete self.chosen[name];
      else self.chosen[name] = Number(control.value);
      self.write(event === "input");
      self.show();
    });
  };

  List.prototype.reflect = function () {
    this.controls.title.value = this.words;
    this.controls.sort.value = this.sort;
  };

  /* A row passes when it holds every chosen value and every word; `but` is left out, to count what else could be chosen. */
  List.prototype.passes = function (place, words, but) {
    var row = this.data.rows[place];
    for (var f = 0; f < this.data.facets.length; f++) {
      var name = this.data.facets[f][0];
      if (name !== but && name in this.chosen && row[7][f].indexOf(this.chosen[name]) < 0) return false;
    }
    for (var w = 0; w < words.length; w++) if (this.texts[place].indexOf(words[w]) < 0) return false;
    return true;
  };

  List.prototype.show = function () {
    var words = fold(this.words).split(/\s+/).filter(Boolean), hits = [], self = this;
    for (var place = 0; place < this.data.rows.length; place++) if (this.passes(place, words, null)) hits.push(place);
    this.hits = this.sorted(hits);
    this.data.facets.forEach(function (facet, f) { self.options(facet, f, words); });
    ["title", "sort"].forEach(function (name) {
      self.controls[name].toggleAttribute("data-set", name === "title" ? self.words !== "" : self.sort !== "given");
    });
    this.clear.hidden = !(Object.keys(this.chosen).length || this.words || this.sort !== "given");
    this.count.querySelector("b").textContent = hits.length === this.data.rows.length
      ? hits.length.toLocaleString("en") + " " + this.noun
      : hits.length.toLocaleString("en") + " of " + this.data.rows.length.toLocaleString("en") + " " + this.noun;
    this.count.querySelector("span").textContent = this.sorts[this.sort];
    var part = this.count.childNodes[1];
    if (part && part.nodeType === 3) part.textContent = ", ";
    this.draw(CHUNK);
  };

  List.prototype.sorted = function (hits) {
    var rows = this.data.rows, sort = this.sort;
    if (sort === "given") return hits;
    if (sort === "longest") return hits.slice().sort(function (a, b) { return rows[b][5] - rows[a][5] || a - b; });
    var sign = sort === "oldest" ? 1 : -1;
    return hits.slice().sort(function (a, b) {
      var x = rows[a][2], y = rows[b][2];
      if (!x || !y) return x ? -1 : y ? 1 : a - b;
      return x < y ? -sign : x > y ? sign : a - b;
    });
  };

  List.prototype.options = function (facet, f, words) {
    var control = this.controls[facet[0]], counts = {}, chosen = this.chosen[facet[0]];
    if (!control) return;
    for (var place = 0; place < this.data.rows.length; place++) {
      if (!this.passes(place, words, facet[0])) continue;
      this.data.rows[place][7][f].forEach(function (value) { counts[value] = (counts[value] || 0) + 1; });
    }
    control.replaceChildren(el("option", { value: "" }, "any"));
    facet[1].forEach(function (name, value) {
      if (counts[value] || value === chosen) control.append(el("option", { value: value }, name + " (" + (counts[value] || 0) + ")"));
    });
    control.value = chosen === undefined ? "" : String(chosen);
    control.toggleAttribute("data-set", chosen !== undefined);
  };

  List.prototype.draw = function (until) {
    var fragment = document.createDocumentFragment(), self = this;
    this.drawn = Math.min(until, this.hits.length);
    this.hits.slice(0, this.drawn).forEach(function (place) { fragment.append(self.row(self.data.rows[place])); });
    this.list.replaceChildren(fragment);
    var left = this.hits.length - this.drawn;
    this.more.hidden = !left;
    this.more.textContent = "Show " + Math.min(CHUNK, left) + " more";
    if (!this.hits.length) this.list.append(el("li", { class: "kb-empty" }, "Nothing has all of these. Clear one of the filters."));
  };

  List.prototype.row = function (row) {
    var item = el("li", { class: "kb-row" }), link = el("a", { href: this.top + row[0] }), mark = this.data.marks[row[3]];
    var aside = el("span", { class: "kb-row-aside" });
    if (row[5]) aside.append(el("i", { style: "width:" + row[5] + "%" }));
    aside.append(row[6]);
    link.append(
      el("span", { class: "kb-mark kb-mark--" + mark[0] }, mark[1]), "\n",
      el("span", { class: "kb-row-when" }, row[2] || "undated"), "\n",
      el("span", { class: "kb-row-title" }, row[1]), "\n",
      el("span", { class: "kb-row-notes" }, row[4]), "\n",
      aside
    );
    item.append(link);
    return item;
  };

  /* Playbooks: steps can be ticked, and stay ticked for twelve hours on this device. */
  function steps() {
    var root = document.querySelector("[data-kb-steps]");
    if (!root) return;
    var key = "kb-steps:" + location.pathname, boxes = root.querySelectorAll(".task-list-item input[type=checkbox]");
    if (!boxes.length) return;
    var kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(key)) || {};
      if (!(Date.now() - kept.at < 12 * 3600 * 1000)) kept = {};
    } catch (error) { kept = {}; }
    boxes.forEach(function (box, place) {
      var item = box.closest("li"), written = box.checked;
      box.disabled = false;
      box.setAttribute("aria-label", (item.innerText || "Step").trim().split("\n")[0].slice(0, 120));
      box.checked = kept.ticked ? kept.ticked.indexOf(place) >= 0 : written;
      item.classList.toggle("kb-done", box.checked);
      box.addEventListener("change", function () {
        item.classList.toggle("kb-done", box.checked);
        var ticked = [];
        boxes.forEach(function (other, at) { if (other.checked) ticked.push(at); });
        try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), ticked: ticked })); } catch (error) { /* kept on the page only */ }
      });
    });
  }

  /* Timelines: show one kind of row. */
  function timeline() {
    var list = document.querySelector("[data-kb-timeline]");
    if (!list) return;
    var kinds = {};
    list.querySelectorAll("[data-kind]").forEach(function (row) { kinds[row.dataset.kind] = true; });
    if (Object.keys(kinds).length < 2) return;
    var label = el("label", {}, "show"), choice = el("select");
    choice.append(el("option", { value: "" }, "every row"));
    Object.keys(kinds).sort().forEach(function (kind) { choice.append(el("option", { value: kind }, kind + " only")); });
    label.append(choice);
    var form = el("form", { class: "kb-filters kb-filters--line" });
    form.append(label);
    list.before(form);
    choice.addEventListener("change", function () {
      list.querySelectorAll(".kb-event").forEach(function (row) {
        row.hidden = choice.value !== "" && row.dataset.kind !== choice.value;
        row.style.display = row.hidden ? "none" : "";
      });
    });
  }

  /* Search: its script is loaded when a box gets the focus, on the search page at once. `/` leads to the nearest box. */
  function search() {
    var forms = document.querySelectorAll("form[data-kb-search]"), loaded = false;
    if (!forms.length) return;
    function load() {
      if (loaded) return;
      loaded = true;
      var address = forms[0].getAttribute("data-kb-top") + "search/search.js";
      document.head.append(el("script", { src: address, charset: "utf-8" }));
    }
    forms.forEach(function (form) {
      form.addEventListener("focusin", load);
      if (form.getAttribute("data-kb-search") === "page" || form.contains(document.activeElement)) load();
    });
    document.addEventListener("keydown", function (event) {
      var at = event.target;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable) return;
      if (/^(input|textarea|select)$/i.test(at.tagName)) return;
      var inputs = Array.prototype.slice.call(document.querySelectorAll("form[data-kb-search] input[type=search]"));
      var seen = inputs.filter(function (input) { return input.offsetParent !== null; });
      if (!seen.length) return;
      event.preventDefault();
      seen[seen.length - 1].focus();
      seen[seen.length - 1].select();
    });
  }

  function ready() { steps(); timeline(); search(); }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
