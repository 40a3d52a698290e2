// The search as people meet it: the boxes that answer while one types, and the search page with its facets.
//
// Both are forms that lead to the search page, so Enter works before anything is loaded. Compromise: while one types the
// last word is unfinished, and an unfinished word that is a word already is taken for one.

const KINDS = { postmortem: ["Incidents", "incident"], playbook: ["Playbooks", "playbook"], learning: ["Learnings", "learning"] };
// How many of each kind the page shows before one asks for more, and a box at all.
const FIRST = { playbook: 3, postmortem: 10, learning: 5 };
const IN_BOX = { playbook: 2, postmortem: 4, learning: 2 };
const MORE = 20;
// Values of a facet that are shown before one asks for more.
const VALUES = 6;
// Fields of playbooks that tell what is on the screen: symptoms, and names, which hold the alerts.
const ON_SCREEN = (1 << FIELDS.indexOf("symptoms")) | (1 << FIELDS.indexOf("names"));
const FAILED = "The search index could not be loaded. Reload the page; if that does not help, the lists in the menu hold every record.";

function make(name, attributes = {}, ...content) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...content);
  return node;
}

// 12345 -> "12,345". The browser's own way is slow the first time.
function inWords(number) {
  return String(number).replace(/(?<=\d)(?=(\d{3})+$)/g, ",");
}

function countOf(number, noun) {
  return `${inWords(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function said(word) {
  return word.replace(/_/g, " ").replace("pre mortem", "pre-mortem");
}

// Call the last of many calls only, after a moment.
function settled(work, moment) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, moment);
  };
}

/* Results. */

// The records found by kind: playbooks first where one says what is on the screen, then in the order of their best.
function byKind({ found, index, asked }) {
  const groups = new Map();
  const kinds = kindsOf(index);
  for (const record of found) {
    const kind = kinds[record];
    if (!groups.has(kind)) groups.set(kind, []);
    groups.get(kind).push(record);
  }
  const [first] = groups.get("playbook") || [];
  const stems = asked.map(([, terms]) => terms).flat().map((term) => (term.startsWith(EXACT_MARK) ? stem(term.slice(1)) : term));
  const isWanted = first !== undefined && stems.some((name) => index.stands(name, first, ON_SCREEN));
  const sorted = Array.from(groups);
  return isWanted ? sorted.sort(([one], [other]) => (other === "playbook") - (one === "playbook")) : sorted;
}

function kindsOf(index) {
  if (!index.kindsOf) {
    index.kindsOf = new Array(index.total).fill("");
    for (const [value, , records] of index.values("kind")) {
      if (index.kinds.includes(value)) records.forEach((record) => { index.kindsOf[record] = value; });
    }
  }
  return index.kindsOf;
}

// The values of a fact by record.
function labelsOf(index, name) {
  const kept = `${name}Of`;
  if (!index[kept]) {
    index[kept] = Array.from({ length: index.total }, () => []);
    for (const [value, label, records] of index.values(name)) {
      if (name !== "kind" || !index.kinds.includes(value)) records.forEach((record) => index[kept][record].push(label));
    }
  }
  return index[kept];
}

// What a list shows of a record: its sign, its title, what else is known, and, where it is asked for, the passage.
function shownOf({ index, terms }, record, top) {
  const [, title, address, text] = index.shown(record);
  const of = (name) => labelsOf(index, name)[record];
  const kind = kindsOf(index)[record];
  const about = {
    postmortem: () => [index.days()[record], ...of("organization")],
    playbook: () => of("service").slice(0, 4),
    learning: () => [...of("kind").map(said), index.days()[record]],
  };
  return {
    title,
    address: top + address,
    kind: KINDS[kind][1],
    severity: of("severity")[0],
    about: about[kind]().filter(Boolean),
    passage: () => passageOf(index, record, text, terms),
  };
}

// Keep the passages of the last query: a choice among the facets shows many of them again.
function passageOf(index, record, text, terms) {
  const key = `${record} ${terms.join(" ")}`;
  if (!index.passages.has(key)) {
    if (index.passages.size > 500) index.passages.clear();
    index.passages.set(key, passage(text, terms));
  }
  return index.passages.get(key);
}

function marked({ text, marks }) {
  const line = make("span", { class: "kb-hit-passage" });
  let last = 0;
  for (const [start, end] of marks) {
    line.append(text.slice(last, start), make("mark", {}, text.slice(start, end)));
    last = end;
  }
  line.append(text.slice(last));
  return line;
}

function aboutLine(shown, isNamed) {
  const line = make("span", { class: "kb-hit-about" });
  if (shown.severity) line.append(make("span", { class: `kb-mark kb-mark--${slug(shown.severity)}` }, said(shown.severity)), " ");
  line.append((isNamed ? [shown.kind] : []).concat(shown.about).join(" · "));
  return line;
}

/* A box: answers while one types, and leads to the search page. */

function mountBox(form) {
  const input = form.querySelector("input[type=search]");
  const top = form.dataset.kbTop;
  const list = make("ul", { class: "kb-box-list", role: "listbox", "aria-label": "Records found", id: `${input.id}-list` });
  const status = make("span", { class: "kb-box-status", role: "status" });
  form.append(list, status);
  for (const [key, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id]]) input.setAttribute(key, value);
  let active = -1;
  let ticket = 0;

  const options = () => Array.from(list.children);
  const open = (is) => {
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) activate(-1);
  };
  const activate = (place) => {
    active = place;
    options().forEach((option, n) => {
      option.setAttribute("aria-selected", String(n === place));
      if (n === place) option.scrollIntoView({ block: "nearest" });
    });
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options()[place].id);
  };
  const option = (n, address, ...content) => {
    const item = make("li", { role: "option", id: `${list.id}-${n}`, "aria-selected": "false" });
    item.append(make("a", { href: address, tabindex: "-1" }, ...content));
    return item;
  };
  const draw = (answer, text) => {
    const shown = byKind(answer).flatMap(([kind, records]) => records.slice(0, IN_BOX[kind]));
    const items = shown.map((record, n) => {
      const one = shownOf(answer, record, top);
      return option(n, one.address, make("span", { class: "kb-hit-title" }, one.title), " ", aboutLine(one, true));
    });
    const all = `${form.getAttribute("action")}?q=${encodeURIComponent(text)}`;
    if (answer.total > shown.length) items.push(option(items.length, all, `All ${countOf(answer.total, "record")}`));
    list.replaceChildren(...items);
    status.textContent = answer.total ? countOf(answer.total, "record") : "No record fits.";
    status.classList.toggle("kb-box-none", !answer.total);
    open(items.length > 0);
  };
  const update = async () => {
    const text = input.value;
    const mine = (ticket += 1);
    if (!text.trim()) {
      status.textContent = "";
      open(false);
      return;
    }
    try {
      const answer = await ask(text);
      await answer.index.need(answer.index.textsOf(byKind(answer).flatMap(([kind, records]) => records.slice(0, IN_BOX[kind]))));
      if (mine === ticket) draw(answer, text);
    } catch (error) {
      if (mine === ticket) status.textContent = FAILED;
    }
  };
  const soon = settled(update, 60);
  input.addEventListener("input", soon);
  input.addEventListener("focus", () => { if (list.hidden) soon(); });
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      open(false);
      event.preventDefault();
    } else if (event.key === "ArrowDown" && !list.hidden) {
      activate(active < last ? active + 1 : -1);
      event.preventDefault();
    } else if (event.key === "ArrowUp" && !list.hidden) {
      activate(active < 0 ? last : active - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && active >= 0) {
      options()[active].querySelector("a").click();
      event.preventDefault();
    }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) open(false); });
  // A click on the list must not take the focus before it is a click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  open(false);
  openedIndex().catch(() => {});
  if (input === document.activeElement) update();
}

/* The search page. */

function mountPage(root) {
  const form = root.querySelector("form");
  const input = form.querySelector("input[type=search]");
  const top = form.dataset.kbTop;
  const [count, hits, facets, idle] = ["count", "hits", "facets", "idle"].map((name) => root.querySelector(`.kb-search-${name}`));
  const wide = root.querySelector(".kb-search-side");
  let chosen = {};
  let limit = MORE;
  let ticket = 0;

  const read = () => {
    const asked = new URLSearchParams(location.search);
    input.value = asked.get("q") || "";
    chosen = {};
    for (const name of FACETS) if (asked.has(name)) chosen[name] = asked.getAll(name).slice(0, 50).map(slug);
  };
  const write = (isNew) => {
    const asked = new URLSearchParams();
    if (input.value.trim()) asked.set("q", input.value);
    for (const name of FACETS) for (const value of chosen[name] || []) asked.append(name, value);
    const text = asked.toString();
    const address = location.pathname + (text ? `?${text}` : "");
    if (address === location.pathname + location.search) return;
    try {
      history[isNew ? "pushState" : "replaceState"](null, "", address);
    } catch (error) {
      // A browser may refuse it to a page from disk, or to one that writes too often; the search goes on.
    }
  };
  const choose = (name, value, is) => {
    const values = (chosen[name] || []).filter((one) => one !== value);
    if (is) values.push(value);
    chosen = { ...chosen, [name]: values };
    if (!values.length) delete chosen[name];
    limit = MORE;
    write(true);
    update();
  };
  const update = async () => {
    const mine = (ticket += 1);
    try {
      const answer = await ask(input.value, chosen);
      const groups = cut(byKind(answer), limit);
      await answer.index.need(answer.index.textsOf(groups.flatMap(([, , shown]) => shown)));
      if (mine === ticket) draw(answer, groups);
    } catch (error) {
      if (mine === ticket) count.textContent = FAILED;
    }
  };
  const draw = (answer, groups) => {
    const isIdle = isEmpty(answer.query) && !Object.keys(chosen).length;
    idle.hidden = !isIdle;
    count.replaceChildren(...(isIdle ? [] : summary(answer)));
    hits.replaceChildren(...(isIdle ? [] : groups.map((group) => groupOf(answer, group))));
    if (!answer.total && !isIdle) hits.append(nothing());
    const open = new Set(Array.from(facets.querySelectorAll("details[open]"), (one) => one.dataset.name));
    const focused = facets.contains(document.activeElement) && document.activeElement.id;
    facets.replaceChildren(...(isIdle ? [] : answer.counts.map((facet) => facetOf(facet, chosen[facet[0]] || [], open, choose)).filter(Boolean)));
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    wide.hidden = !facets.children.length;
    const set = Object.values(chosen).flat().length;
    wide.querySelector("summary").textContent = set ? `Filters (${set})` : "Filters";
  };
  const groupOf = (answer, [kind, all, shown]) => {
    const section = make("section", { class: "kb-hits" }, make("h2", {}, KINDS[kind][0], " ", make("small", {}, inWords(all.length))));
    const list = make("ol", {});
    shown.forEach((record) => list.append(hitOf(shownOf(answer, record, top))));
    section.append(list);
    if (shown.length < all.length) {
      const isAlone = shown.length >= MORE;
      const label = isAlone ? `Show ${Math.min(MORE, all.length - shown.length)} more` : `All ${countOf(all.length, KINDS[kind][1])}`;
      const button = make("button", { type: "button", class: "kb-more" }, label);
      button.addEventListener("click", () => {
        if (isAlone) {
          limit += MORE;
          update();
        } else choose("kind", kind, true);
      });
      section.append(button);
    }
    return section;
  };
  const nothing = () => {
    const box = make("div", { class: "kb-empty" });
    const set = Object.values(chosen).flat().length;
    if (set) {
      const button = make("button", { type: "button", class: "kb-more" }, "Search without the filters");
      button.addEventListener("click", () => {
        chosen = {};
        write(true);
        update();
      });
      box.append(make("p", {}, "Nothing that fits the filters is on record."), button);
    } else {
      box.append(make("p", {}, "Nothing like it is on record. Fewer words, or the name of a service, may find more; the lists below hold everything."), idle.querySelector("ul").cloneNode(true));
    }
    return box;
  };

  const soon = settled(() => { write(false); update(); }, 60);
  input.addEventListener("input", () => { limit = MORE; soon(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    write(true);
    update();
  });
  root.addEventListener("keydown", (event) => walk(event, input, hits));
  window.addEventListener("popstate", () => { read(); update(); });
  read();
  root.querySelector(".kb-noscript").remove();
  if (innerWidth > 720) wide.open = true;
  if (!input.value) input.focus();
  update();
}

// [kind, all of it, what is shown of it]: a part of each kind, or more of one that is alone.
function cut(groups, limit) {
  const isAlone = groups.length === 1;
  return groups.map(([kind, all]) => [kind, all, all.slice(0, isAlone ? limit : FIRST[kind])]);
}

function summary({ total, query, isRanked, isLoose, begun, instead, near }) {
  const notes = [];
  if (isLoose) notes.push("No record has the quoted words one after another; these have some of them.");
  if (query.cut) notes.push(`The query is long; its first ${MAX_WORDS} words were looked up.`);
  begun.forEach((word) => notes.push(`No record has “${word}”; words that begin with it were looked for.`));
  instead.forEach(([word, other]) => notes.push(`No record has “${word}”; did you mean “${other}”? It was looked for instead.`));
  near.forEach(([word, other]) => notes.push(`No record has “${word}”; did you mean “${other}”?`));
  const any = query.words.length > 1 ? ` with any of ${query.words.length} words` : "";
  const head = total ? `${countOf(total, "record")}${any}, ${isRanked ? "best first" : "newest first"}.` : "No record fits.";
  return [make("b", {}, head), ...notes.map((note) => make("span", {}, note))];
}

function hitOf(shown) {
  const link = make("a", { href: shown.address }, make("span", { class: "kb-hit-title" }, shown.title), " ", aboutLine(shown, false));
  const piece = shown.passage();
  if (piece.text) link.append(" ", marked(piece));
  return make("li", {}, link);
}

function facetOf([name, values], chosen, open, choose) {
  const known = new Set(values.map(([value]) => value));
  const all = values.concat(chosen.filter((value) => !known.has(value)).map((value) => [value, value, 0]));
  if (all.length < 2 && !chosen.length) return null;
  const box = make("fieldset", {}, make("legend", {}, name));
  const line = ([value, label, number]) => {
    const tick = make("input", { type: "checkbox", id: `kb-facet-${name}-${value}` });
    tick.checked = chosen.includes(value);
    tick.addEventListener("change", () => choose(name, value, tick.checked));
    const shown = name === "kind" && KINDS[value] ? KINDS[value][1] : said(label);
    return make("label", {}, tick, make("span", {}, shown), make("small", {}, inWords(number)));
  };
  const isFirst = (value, n) => n < VALUES || chosen.includes(value[0]);
  const [first, rest] = [all.filter(isFirst), all.filter((value, n) => !isFirst(value, n))];
  box.append(...first.map(line));
  if (rest.length) {
    const more = make("details", { "data-name": name }, make("summary", {}, `${rest.length} more`));
    // There may be hundreds, and hardly anybody looks.
    more.addEventListener("toggle", () => { if (more.children.length === 1) more.append(...rest.map(line)); });
    more.open = open.has(name);
    box.append(more);
  }
  return box;
}

// Arrows walk from the box through the results and back; Escape leads back to the box, and there it empties it.
function walk(event, input, hits) {
  const links = Array.from(hits.querySelectorAll("a"));
  const place = links.indexOf(document.activeElement);
  const isInBox = document.activeElement === input;
  if (event.key === "Escape" && place >= 0) input.focus();
  else if (event.key === "Escape" && isInBox && input.value) {
    input.value = "";
    input.dispatchEvent(new Event("input"));
  } else if (event.key === "ArrowDown" && (isInBox || place >= 0) && links[place + 1]) links[place + 1].focus();
  else if (event.key === "ArrowUp" && place > 0) links[place - 1].focus();
  else if (event.key === "ArrowUp" && place === 0) input.focus();
  else return;
  event.preventDefault();
}

function mount() {
  document.querySelectorAll("form[data-kb-search=box]").forEach(mountBox);
  document.querySelectorAll(".kb-search").forEach(mountPage);
}

window.kbSearch = { put, ask };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
else mount();
