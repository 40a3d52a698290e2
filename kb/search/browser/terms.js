// Text to terms: the twin of kb/search/terms.py, and of fold and slug of kb/text.py.
//
// What the terminal finds the page finds, so every function gives what its Python twin gives. Places are counted in
// UTF-16 units, as JavaScript counts, where Python counts characters. Compromise: the browser's own tables say what a
// letter is, which saves ours; they part over letters that only one of the two Unicode versions knows.

const EXACT_MARK = "=";
const MAX_TERM = 64;
const STOP = new Set((
  "a an and are as at be but by for from had has have if in into is it its no not of on or s such t that the their " +
  "then there these they this to was were which while who will with"
).split(" "));

// What Python calls a blank. JavaScript's \s lacks the separators of ASCII and has the byte order mark.
const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

// Results that a function keeps, as lru_cache does; more are forgotten all at once.
const MAX_KEPT = 1 << 16;

function remembering(work) {
  const kept = new Map();
  return (text) => {
    let found = kept.get(text);
    if (found === undefined) {
      found = work(text);
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(text, found);
    }
    return found;
  };
}

/* Case and accents. */

function fold(text) {
  if (!/[^\0-\x7f]/.test(text)) return text.toLowerCase();
  const plain = caseless(caseless(text).normalize("NFKD")).normalize("NFKD");
  return plain.replace(/\p{M}/gu, (mark) => (isAccent(mark) ? "" : mark)).normalize("NFC");
}

// str.casefold. Letter by letter, since toLowerCase writes another sigma at the end of a word.
function caseless(text) {
  return Array.from(text, (letter) => {
    if (letter === "ı") return letter;
    // Cherokee is folded to its capitals.
    if (/[\u13a0-\u13ff\uab70-\uabbf]/.test(letter)) return letter.toUpperCase();
    return letter.toLowerCase().toUpperCase().toLowerCase();
  }).join("");
}

// The twin of _is_accent. JavaScript tells no combining class, but puts marks into the order of their classes: a mark
// moves behind one of class 132 when its own is 200 or more, behind one of 9 but not of 36 when it is 10 to 36, and
// before one of 6 when it is 1. Between these there are none.
const isAccent = remembering((mark) => {
  const isMoved = (marks) => marks.normalize("NFD") !== marks;
  const isFixed = isMoved(`${mark}\u094d`) && !isMoved(`${mark}\u0711`);
  return isMoved(`${mark}\u0f74`) || isFixed || isMoved(`\u{16ff0}${mark}`);
});

function slug(text) {
  const shown = fold(text).replace(/[\u034f\u180b-\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, "");
  const joined = shown.replace(/[^\p{L}\p{N}\p{Mc}\p{Mn}.]+/gu, "-");
  // Looking back keeps a long line of dots from being tried from each of them.
  return joined.replace(/^[-.]+|(?<![-.])[-.]+$/g, "") || "unnamed";
}

/* Stems: Porter 1980, as Snowball's "porter" has it. */

const STEP_1A = endings({ sses: "ss", ies: "i", ss: "ss", s: "" });
const STEP_2 = endings({
  tional: "tion", enci: "ence", anci: "ance", abli: "able", entli: "ent", eli: "e", izer: "ize", ization: "ize",
  ational: "ate", ation: "ate", ator: "ate", alism: "al", aliti: "al", alli: "al", fulness: "ful", ousli: "ous",
  ousness: "ous", iveness: "ive", iviti: "ive", biliti: "ble",
});
const STEP_3 = endings({
  alize: "al", icate: "ic", iciti: "ic", ical: "ic", ful: "", ness: "", ative: "", // codespell:ignore
});
const STEP_4 = new RegExp(
  "(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|" + // codespell:ignore
    "(?<=[st])ion|ism|ate|iti|ous|ive|ize|ou)$",
);

function endings(others) {
  return { pattern: new RegExp(`(?:${Object.keys(others).join("|")})$`), others };
}

// Exchange the longest ending there is, if what stands before it reaches to `least`.
function exchanged(word, { pattern, others }, least) {
  const place = word.search(pattern);
  return place < least ? word : word.slice(0, place) + others[word.slice(place)];
}

const stem = remembering((word) => (/^[a-z]+$/i.test(word) ? stemmed(word) : word));

function stemmed(word) {
  // A y that is a consonant is written large.
  const marked = word.replace(/(^|[aeiouy])y/g, "$1Y");
  // Where the first and the second group of vowels and a consonant end.
  const [first, second] = [/^[^aeiouy]*[aeiouy]+[^aeiouy]/, /^(?:[^aeiouy]*[aeiouy]+[^aeiouy]){2}/].map(
    (group) => (group.exec(marked) || [marked])[0].length,
  );
  let found = withoutPast(exchanged(marked, STEP_1A, 0), first);
  if (/y$/i.test(found) && /[aeiouy]/.test(found.slice(0, -1))) found = `${found.slice(0, -1)}i`;
  found = exchanged(exchanged(found, STEP_2, first), STEP_3, first);
  const place = found.search(STEP_4);
  if (place >= second) found = found.slice(0, place);
  found = withoutLast(found, first, second);
  return marked === word ? found : found.replace(/Y/g, "y");
}

// Step 1b: -eed, -ed and -ing.
function withoutPast(word, first) {
  const place = word.search(/(?:eed|ed|ing)$/);
  if (place < 0) return word;
  const rest = word.slice(0, place);
  if (word.endsWith("eed")) return place < first ? word : `${rest}ee`;
  if (!/[aeiouy]/.test(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/([bdfgmnprt])\1$/.test(rest)) return rest.slice(0, -1);
  return rest.length === first && isShort(rest) ? `${rest}e` : rest;
}

// Steps 5a and 5b: a last -e, and one of two l.
function withoutLast(word, first, second) {
  const rest = word.slice(0, -1);
  const isIdle = word.endsWith("e") && (rest.length >= second || (rest.length >= first && !isShort(rest)));
  const found = isIdle ? rest : word;
  return found.endsWith("ll") && found.length > second ? found.slice(0, -1) : found;
}

function isShort(word) {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word);
}

/* Words. */

// Hiragana, katakana, and Chinese characters.
const RUN = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
// A class of JavaScript cannot take one from another: letters and digits are what is nothing else.
const LETTER = `[^\\p{M}\\p{P}\\p{S}\\p{Z}\\p{C}${RUN}]`;
const MARK = "(?:(?=[\\u0300-\\u303f])[\\p{Mc}\\p{Mn}])";
const LETTERS = `${LETTER}+(?:${MARK}+${LETTER}*)*`;
const WORD = new RegExp(`${LETTERS}(?:[._:/@+-]{1,3}${LETTERS})*|(?<run>[${RUN}]+)`, "gu");
const JOINT = /[._:/@+-]+|(?<=[a-z0-9])(?=[A-Z])/;
const PIECE = new RegExp(`(?<run>[${RUN}]+)|[^${RUN}]+`, "gu");

// The words of a text that tell something: [{forms, start, end}], `forms` being pairs of an exact term and its stem, of
// the whole, then of its parts.
function words(text) {
  const found = [];
  const add = (start, end) => {
    const forms = formsOf(text.slice(start, end));
    if (forms.length) found.push({ forms, start, end });
  };
  for (const { 0: written, index, groups } of text.matchAll(WORD)) {
    // Each pair of a run is a word of its own, so that pairs can be a phrase.
    if (groups.run) pairs(written).forEach((pair, n) => add(index + n, index + n + pair.length));
    else add(index, index + written.length);
  }
  return found;
}

const formsOf = remembering((written) => {
  const parts = written.split(JOINT).filter(Boolean).map(fold);
  const whole = parts.length > 1 ? [fold(written)] : [];
  const kept = parts.flatMap(pieces).filter((piece) => !STOP.has(piece));
  const terms = new Set(whole.concat(kept).filter((term) => term && !isLonger(term, MAX_TERM)));
  return Array.from(terms, (term) => [EXACT_MARK + term, stem(term)]);
});

function pieces(part) {
  return Array.from(part.matchAll(PIECE)).flatMap(({ 0: piece, groups }) => (groups.run ? pairs(piece) : [piece]));
}

function pairs(run) {
  return Array.from({ length: Math.max(1, run.length - 1) }, (_, n) => run.slice(n, n + 2));
}

// Whether a text has more than so many characters. Two units can be one, never more.
function isLonger(text, most) {
  return text.length > most && (text.length > 2 * most || Array.from(text).length > most);
}
