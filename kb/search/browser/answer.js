// A query and the index make an answer: the twin of kb/search/rank.py and kb/search/search.py.
//
// What a query needs is loaded first; then it is answered in one go. Compromise: what is missing shows only when the
// words are known, so a misspelt one costs a second and a third round of loading.

const K1 = 1.2;
const COVERAGE = 0.5;
const EXACT = 0.5;
const MAX_EXPANDED = 50;
const MIN_CHANGED = 3;

let opened = null;

function openedIndex() {
  if (!opened) {
    opened = openIndex(false);
    opened.catch(() => { opened = null; });
  }
  return opened;
}

// Answer a query. `chosen` narrows it: by the name of a fact a list of slugs. See `answerFrom` for what is returned.
async function ask(text, chosen = {}) {
  const index = await openedIndex();
  try {
    return await answerFrom(index, text, chosen);
  } catch (error) {
    // A site that was published anew has other parts. Its head says which, but not the one that was kept here.
    opened = openIndex(true);
    return answerFrom(await opened, text, chosen);
  }
}

// Return {query, total, found, scores, groups, counts, begun, instead, near, isLoose, isRanked, terms}: `found` are the numbers of all
// records that fit, best first; `counts` are by the name of a fact [slug, label, how many there would be], where what is chosen of that fact does not count.
async function answerFrom(index, text, chosen) {
  const query = readQuery(text);
  const groups = groupsOf(query, chosen);
  const isRanked = query.words.length + query.prefixes.length > 0;
  const words = { asked: [], begun: [], instead: [], near: [] };
  if (isEmpty(query) && !groups.length) {
    return { query, index, total: 0, found: [], scores: new Map(), counts: [], isLoose: false, isRanked, terms: [], ...words };
  }
  await loadFor(index, query, groups);
  await askWords(index, query, words);
  const scores = isRanked ? rank(words.asked, index) : everything(index);
  const filter = filterOf(index, query, groups);
  let state = stateOf(index, scores, filter, narrowed(index, query, query.phrases));
  const isLoose = !state.found.length && query.phrases.length > 0;
  // What was pasted may hold quotation marks of its own.
  if (isLoose) state = stateOf(index, scores, filter, narrowed(index, query, []));
  const found = Array.from(state.found).sort((one, other) => scores.get(other) - scores.get(one) || one - other);
  return {
    query,
    index,
    total: found.length,
    found,
    scores,
    counts: countsOf(index, state, groups),
    isLoose: isLoose && found.length > 0,
    isRanked,
    terms: words.asked.flat(2),
    ...words,
  };
}

// What must hold: by the name of a fact, the slugs of which one must fit.
function groupsOf(query, chosen) {
  const groups = new Map();
  const want = (name, value) => groups.set(name, (groups.get(name) || new Set()).add(value));
  query.facts.forEach(([name, value]) => want(name, value));
  // A choice narrows what the query says of the same fact.
  for (const [name, values] of Object.entries(chosen)) if (values.length) groups.set(name, new Set(values));
  return Array.from(groups);
}

async function loadFor(index, query, groups) {
  const phrases = query.phrases.concat(query.unwanted);
  const stems = query.words.flat().map(([, stemmed]) => stemmed).concat(phrases.flat());
  const names = groups.map(([name]) => name).concat(query.unwantedFacts.map(([name]) => name));
  await index.need([
    ...index.partsOf(stems),
    ...index.placesOf(phrases.filter((phrase) => phrase.length > 1).flat()),
    ...(names.some(index.isRare) ? ["more"] : []),
  ]);
}

// Fill in what is looked up, and what became of the words that no record holds.
async function askWords(index, query, words) {
  const seen = new Set();
  for (const [n, forms] of query.words.entries()) {
    if (!forms.flat().some(index.postings)) {
      await askUnknown(index, query.asked[n], forms, words);
      continue;
    }
    for (const [exact, stemmed] of forms) {
      if (!seen.has(exact)) words.asked.push([[exact], [stemmed]]);
      seen.add(exact);
    }
  }
  for (const prefix of query.prefixes) {
    const expanded = await begin(index, prefix);
    words.asked.push([expanded, expanded]);
  }
}

async function askUnknown(index, written, forms, words) {
  const word = forms[0][0].slice(1);
  const isPlain = forms.length === 1 && /^\p{L}+$/u.test(word) && !isShorter(word, MIN_CHANGED);
  const expanded = isPlain ? await begin(index, word) : [];
  if (expanded.length) {
    words.begun.push(written);
    words.asked.push([expanded, expanded]);
    return;
  }
  const first = String.fromCodePoint(word.codePointAt(0));
  await index.need(index.wordsOf(first));
  const [found] = nearest(written.toLowerCase(), Array.from(index.words(first)), 1, 75);
  if (!found) return;
  (isPlain ? words.instead : words.near).push([written, found]);
  if (!isPlain) return;
  await index.need(index.partsOf([stem(found)]));
  words.asked.push([[EXACT_MARK + found], [stem(found)]]);
}

function isShorter(text, least) {
  return Array.from(text).length < least;
}

// Load what begins so, and return the exact terms, at most MAX_EXPANDED, in order.
async function begin(index, prefix) {
  await index.need(index.wordsOf(prefix));
  const found = [];
  for (const word of index.words(prefix)) {
    if (found.length === MAX_EXPANDED) break;
    found.push(word);
  }
  await index.need(index.partsOf(found.map(stem)));
  return found.map((word) => EXACT_MARK + word);
}

/* The ranking. */

function idf(found, total) {
  return Math.log(1 + (total - found + 0.5) / (found + 0.5));
}

// Return by record its score. Every step is that of kb/search/rank.py, in the same order, so that the numbers are the same.
function rank(asked, index) {
  const scores = new Float64Array(index.total);
  const covered = new Float64Array(index.total);
  const held = new Uint8Array(index.total);
  let whole = 0;
  for (const [exact, stems] of asked) {
    for (const [share, terms, isCounted] of [[EXACT, exact, false], [1 - EXACT, stems, true]]) {
      const { records, frequencies } = anyOf(terms, index);
      const worth = idf(records.length, index.total);
      for (let n = 0; n < records.length; n += 1) {
        const [record, frequency] = [records[n], frequencies[n]];
        scores[record] += (share * worth * frequency * (K1 + 1)) / (frequency + K1);
        if (isCounted) covered[record] += worth;
        held[record] = 1;
      }
      if (isCounted && records.length) whole += worth;
    }
  }
  const found = new Map();
  held.forEach((is, record) => {
    if (!is) return;
    const part = whole ? 1 - COVERAGE + (COVERAGE * covered[record]) / whole : 1;
    found.set(record, scores[record] * part);
  });
  return found;
}

// The postings of terms that stand for one another: in each record the most frequent counts.
function anyOf(terms, index) {
  const lists = terms.map(index.postings).filter(Boolean);
  if (lists.length === 1) return lists[0];
  const merged = new Map();
  for (const { records, frequencies } of lists) {
    records.forEach((record, n) => merged.set(record, Math.max(frequencies[n], merged.get(record) || 0)));
  }
  return { records: Array.from(merged.keys()), frequencies: Array.from(merged.values()) };
}

function everything(index) {
  return new Map(Array.from({ length: index.total }, (_, record) => [record, 0]));
}

/* What narrows. */

// The records that hold every phrase and nothing unwanted, null for all.
function narrowed(index, query, phrases) {
  if (!phrases.length && !query.unwanted.length) return null;
  const kept = new Uint8Array(index.total).fill(1);
  for (const phrase of phrases) {
    const holds = holding(index, phrase);
    kept.forEach((_, record) => { kept[record] &= holds[record]; });
  }
  for (const phrase of query.unwanted) holding(index, phrase).forEach((is, record) => { if (is) kept[record] = 0; });
  return kept;
}

// Tell of each record whether the stems stand in it in this order, one after another, in one field.
function holding(index, stems) {
  const holds = new Uint8Array(index.total);
  if (stems.length === 1) {
    const list = index.postings(stems[0]);
    if (list) list.records.forEach((record) => { holds[record] = 1; });
    return holds;
  }
  const all = stems.map(index.places);
  for (const [record, first] of all[0]) {
    const others = all.map((places) => places.get(record));
    if (others.every(Boolean) && Array.from(first).some((start) => others.every((at, n) => at.has(start + n)))) {
      holds[record] = 1;
    }
  }
  return holds;
}

// Return what tells of a record how many facts keep it out, and which one of them is the only one.
function filterOf(index, query, groups) {
  const misses = new Uint8Array(index.total);
  const missed = new Int16Array(index.total).fill(-1);
  const miss = (record, by) => {
    misses[record] = Math.min(misses[record] + 1, 2);
    missed[record] = by;
  };
  groups.forEach(([name, values], by) => {
    const fits = fitting(index, name, values);
    for (let record = 0; record < index.total; record += 1) if (!fits[record]) miss(record, by);
  });
  query.unwantedFacts.forEach(([name, value]) => {
    fitting(index, name, new Set([value])).forEach((is, record) => { if (is) misses[record] = 2; });
  });
  if (query.since || query.until) {
    for (let record = 0; record < index.total; record += 1) if (!isWithin(index.days()[record], query)) misses[record] = 2;
  }
  return { misses, missed };
}

function fitting(index, name, values) {
  const fits = new Uint8Array(index.total);
  if (name === "year") {
    index.days().forEach((day, record) => { if (values.has(day.slice(0, 4))) fits[record] = 1; });
    return fits;
  }
  for (const [value, , records] of index.values(name)) {
    if (values.has(value)) records.forEach((record) => { fits[record] = 1; });
  }
  return fits;
}

function isWithin(day, { since, until }) {
  return Boolean(day) && day >= since && (!until || day.slice(0, until.length) <= until);
}

// Which records fit, and which but for one fact: 2, 1 or 0 by record.
function stateOf(index, scores, { misses, missed }, kept) {
  const level = new Uint8Array(index.total);
  const found = [];
  for (const record of scores.keys()) {
    if ((kept && !kept[record]) || misses[record] > 1) continue;
    level[record] = misses[record] ? 1 : 2;
    if (!misses[record]) found.push(record);
  }
  return { level, missed, found };
}

/* Counts. */

function countsOf(index, { level, missed }, groups) {
  const names = groups.map(([name]) => name);
  return FACETS.map((name) => {
    const own = names.indexOf(name);
    const counts = (record) => level[record] === 2 || (level[record] === 1 && missed[record] === own);
    return [name, name === "year" ? years(index, counts) : values(index, name, counts)];
  });
}

function values(index, name, counts) {
  // A learning's own kind can be asked for; it counts once.
  const shown = index.values(name).filter(([value]) => name !== "kind" || index.kinds.includes(value));
  const found = shown.map(([value, label, records]) => {
    let number = 0;
    records.forEach((record) => { if (counts(record)) number += 1; });
    return [value, label, number];
  });
  return found.filter(([, , number]) => number).sort((one, other) => other[2] - one[2] || byName(one[1], other[1]));
}

function years(index, counts) {
  const found = new Map();
  index.days().forEach((day, record) => {
    if (counts(record)) found.set(day.slice(0, 4), (found.get(day.slice(0, 4)) || 0) + 1);
  });
  return Array.from(found, ([year, number]) => [year, year, number]).sort((one, other) => (one[0] < other[0] ? 1 : -1));
}
