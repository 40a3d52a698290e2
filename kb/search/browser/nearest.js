// The words nearest to one that no record holds: the twin of nearest of kb/text.py.
//
// How near two words are is their longest common subsequence, twice, by their lengths together (normalized indel
// similarity, as rapidfuzz computes it). Compromise: every known word is looked at, since an index for what people
// misspell would weigh more than the time it saves.

const MAX_NAME = 500;

// The words of `known` nearest to a text, best first, ties by name. `cutoff` is the least similarity, from 0 to 100.
// Nothing is near a text that is far longer than any name.
function nearest(text, known, limit = 3, cutoff = 70) {
  if (isLonger(text, MAX_NAME)) return [];
  const word = Array.from(fold(text));
  const commonWith = commonCounter(word);
  // Rapidfuzz compares twice, as a share and as a percentage, and a rounding can part them.
  const isNear = (share) => share >= cutoff / 100 && share * 100 >= cutoff;
  const found = [];
  for (const name of new Set(known)) {
    const other = fold(name);
    const length = lengthOf(other);
    const all = word.length + length;
    // No more can be common than the shorter has, which tells of most words that they are too far.
    if (!isNear(similarity(Math.min(word.length, length), all))) continue;
    const near = similarity(commonWith(other), all);
    if (isNear(near)) found.push({ name, near });
  }
  found.sort((one, other) => other.near - one.near || byName(one.name, other.name));
  return found.slice(0, limit).map(({ name }) => name);
}

// From 0 to 1, in the order in which rapidfuzz computes, so that it is rounded the same.
function similarity(common, all) {
  return all ? 1 - (all - 2 * common) / all : 1;
}

// Return a function that tells how long the longest common subsequence with a text is (Hyyrö 2004): each character of
// the word is a bit, 32 to a block, and one addition takes a character of the text along all of them.
function commonCounter(word) {
  const blocks = Math.ceil(word.length / 32);
  const places = new Map(word.map((letter) => [letter, new Uint32Array(blocks)]));
  word.forEach((letter, n) => { places.get(letter)[n >> 5] |= 1 << (n & 31); });
  const rows = new Uint32Array(blocks);
  return (text) => {
    rows.fill(0xffffffff);
    for (const letter of text) {
      const at = places.get(letter);
      for (let n = 0, carry = 0; at && n < blocks; n += 1) {
        const sum = rows[n] + ((rows[n] & at[n]) >>> 0) + carry;
        carry = sum > 0xffffffff ? 1 : 0;
        rows[n] = sum | (rows[n] & ~at[n]);
      }
    }
    return rows.reduce((common, row) => common + ones(~row), 0);
  };
}

function ones(bits) {
  let number = 0;
  for (let left = bits; left; left &= left - 1) number += 1;
  return number;
}

function lengthOf(text) {
  return /[\ud800-\udbff]/.test(text) ? Array.from(text).length : text.length;
}

// The order of Python's sorted: by characters, where JavaScript's own is by UTF-16 units.
function byName(one, other) {
  const [letters, others] = [Array.from(one), Array.from(other)];
  const place = letters.findIndex((letter, n) => letter !== others[n]);
  if (place < 0) return letters.length - others.length;
  return place < others.length ? letters[place].codePointAt(0) - others[place].codePointAt(0) : 1;
}
