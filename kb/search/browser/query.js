// What somebody asks, read: the twin of kb/search/query.py, with its forms: words, "phrases", `field:value`, ranges of
// dates, `-not`, prefix*.
//
// Compromise: a query is filled in step by step where Python's is copied, which is shorter here.

const MAX_WORDS = 64;
const MAX_LENGTH = 10000;
const FACETS = ["kind", "severity", "service", "cause", "team", "organization", "year"];
const OTHERS = ["trigger", "tag", "status", "id"];

const ITEM = new RegExp(
  `(?<no>(?<![^${BLANK}])-)?(?:(?<name>[A-Za-z_]{1,20}):)?(?:"(?<phrase>[^"]*)"|(?<text>[^${BLANK}"]+))|"`,
  "gu",
);
const DATES = /^(\d{4}(?:-\d{2}(?:-\d{2})?)?)?(?:(\.\.)(\d{4}(?:-\d{2}(?:-\d{2})?)?)?)?$/;
const PREFIX = /^[\p{L}\p{N}]{2,}\*$/u;

// Read a query: {words, asked, prefixes, phrases, unwanted, facts, unwantedFacts, since, until, cut}. It never fails.
// `asked` are the `words` as they were written; what the others are, Query of kb/search/query.py says.
function readQuery(text) {
  const query = {
    words: [],
    asked: [],
    prefixes: [],
    phrases: [],
    unwanted: [],
    facts: [],
    unwantedFacts: [],
    since: "",
    until: "",
    cut: isLonger(text, MAX_LENGTH),
  };
  const seen = new Set();
  const read = query.cut ? Array.from(text.slice(0, 2 * MAX_LENGTH)).slice(0, MAX_LENGTH).join("") : text;
  for (const { groups } of read.matchAll(ITEM)) addItem(query, seen, groups);
  return query;
}

// Nothing is looked for and nothing narrows: there is nothing to answer.
function isEmpty(query) {
  const lists = [query.words, query.prefixes, query.unwanted, query.facts, query.unwantedFacts];
  return !query.since && !query.until && lists.every((list) => !list.length);
}

function addItem(query, seen, { no, name, phrase, text }) {
  const value = phrase === undefined ? text : phrase;
  if (!value) return;
  const field = (name || "").toLowerCase();
  // `http://...` or `error:` is no field.
  const whole = name && phrase === undefined ? `${name}:${value}` : value;
  if (field === "date" && !no) addDates(query, seen, value);
  else if (FACETS.includes(field) || OTHERS.includes(field)) {
    (no ? query.unwantedFacts : query.facts).push([field, slug(value)]);
  } else if (no) addPhrase(query.unwanted, whole);
  else if (phrase !== undefined) {
    addPhrase(query.phrases, value);
    addWords(query, seen, value);
  } else if (PREFIX.test(value)) addPrefix(query, fold(value.slice(0, -1)));
  else addWords(query, seen, whole);
}

// Add words, each once, and no more than MAX_WORDS.
function addWords(query, seen, text) {
  for (const { forms, start, end } of words(text)) {
    const key = JSON.stringify(forms);
    if (seen.has(key)) continue;
    if (seen.size === MAX_WORDS) {
      query.cut = true;
      return;
    }
    seen.add(key);
    query.words.push(forms);
    query.asked.push(text.slice(start, end));
  }
}

// Add the stems of a phrase, one a word: of the whole where a word has parts.
function addPhrase(phrases, text) {
  const stems = words(text).map(({ forms }) => forms[0][1]);
  if (stems.length) phrases.push(stems);
}

function addPrefix(query, prefix) {
  if (query.prefixes.includes(prefix)) return;
  if (query.prefixes.length === MAX_WORDS) query.cut = true;
  else query.prefixes.push(prefix);
}

function addDates(query, seen, value) {
  const [all, first, dots, last] = DATES.exec(value) || [];
  if (!all) {
    addWords(query, seen, value);
    return;
  }
  query.since = first || query.since;
  query.until = last || (dots ? query.until : first) || query.until;
}
