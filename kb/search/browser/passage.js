// The passage of a record that shows why it was found: the twin of kb/search/passage.py.
//
// The window of about LENGTH characters with the most of what was asked for; in it, what matched. Compromise: lengths
// are of characters, so that the terminal shows the same, and places of UTF-16 units, as a page needs them.

const LENGTH = 200;
const BLANKS = new RegExp(`[${BLANK}]+`);

// The best passage of a text for some terms, its beginning where none stands there: {text, marks: [[start, end]]}.
function passage(text, terms) {
  const plain = text.split(BLANKS).filter(Boolean).join(" ");
  const wanted = new Set(terms);
  const hits = [];
  for (const word of words(plain)) {
    const matching = word.forms.flat().filter((term) => wanted.has(term));
    if (matching.length) hits.push({ start: word.start, end: word.end, matching });
  }
  const [start, end] = windowOf(plain, hits);
  const before = start ? "… " : "";
  const after = end < plain.length ? " …" : "";
  const within = hits.filter((hit) => start <= hit.start && hit.end <= end);
  return { text: before + plain.slice(start, end) + after, marks: marksOf(within, before.length - start) };
}

function marksOf(hits, shift) {
  const marks = [];
  for (const hit of hits) {
    const last = marks[marks.length - 1];
    // The pairs of a text without blanks overlap.
    if (last && hit.start + shift < last[1]) last[1] = hit.end + shift;
    else marks.push([hit.start + shift, hit.end + shift]);
  }
  return marks;
}

// Where the best window begins and ends, at blanks: that with the most different terms, the first of equals.
function windowOf(text, hits) {
  const [place, reach] = bestOf(text, hits);
  // What stands before a match says what it is about.
  let start = moved(text, place, -LENGTH / 4);
  if (start) {
    const blank = text.slice(start, place).indexOf(" ");
    start = blank < 0 ? place : start + blank + 1;
  }
  const end = moved(text, start, LENGTH);
  const cut = end < text.length ? text.lastIndexOf(" ", end) : -1;
  return [start, cut < Math.max(start, reach) ? end : cut];
}

// Where the first of the hits begins, and the last ends, that are together the most different terms.
function bestOf(text, hits) {
  let [best, place, reach, first] = [0, 0, 0, 0];
  const held = new Map();
  const hold = (term, change) => {
    const number = (held.get(term) || 0) + change;
    if (number) held.set(term, number);
    else held.delete(term);
  };
  hits.forEach((hit, last) => {
    hit.matching.forEach((term) => hold(term, 1));
    for (; first < last && isLonger(text.slice(hits[first].start, hit.end), LENGTH - LENGTH / 4); first += 1) {
      hits[first].matching.forEach((term) => hold(term, -1));
    }
    if (held.size > best) [best, place, reach] = [held.size, hits[first].start, hit.end];
  });
  return [place, reach];
}

// The place so many characters further on or back, no further than the text goes.
function moved(text, place, count) {
  const isPair = (at) => text.codePointAt(at) > 0xffff;
  let found = place;
  for (let n = count; n > 0 && found < text.length; n -= 1) found += isPair(found) ? 2 : 1;
  for (let n = count; n < 0 && found > 0; n += 1) found -= isPair(found - 2) ? 2 : 1;
  return found;
}
