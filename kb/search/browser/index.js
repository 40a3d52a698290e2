// The index of the site, loaded part by part: the twin of what kb/search/index.py offers, over what kb/search/site/export.py
// wrote. Each part is a script that hands its data to kbSearch.put, so that it loads from a folder on disk too.
//
// Compromise: what was loaded and unpacked stays in memory until the page is left.

const HERE = document.currentScript ? document.currentScript.src.replace(/[^/]*$/, "") : "";

// The twins of the constants of kb/search/rank.py; a field's number is its place here.
const FIELDS = ["title", "symptoms", "names", "actions", "timeline", "prose"];
const WEIGHTS = [3, 3, 2, 1, 1, 1];
const B = 0.5;

// The twin of SPAN of kb/search/site/table.py.
const SPAN = 2 ** 24;

const arrivals = new Map();

// A part has arrived. Called by the parts.
function put(name, data) {
  arrivals.set(name, data);
}

function loadScript(name, address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = HERE + address;
    script.charset = "utf-8";
    script.onerror = () => reject(new Error(address));
    script.onload = () => {
      if (arrivals.has(name)) resolve(arrivals.get(name));
      else reject(new Error(address));
      arrivals.delete(name);
      script.remove();
    };
    document.head.append(script);
  });
}

async function openIndex(isAgain) {
  const head = await loadScript("head", `head.js${isAgain ? `?${Date.now()}` : ""}`);
  const parts = new Map();
  const ready = new Map();
  const postings = new Map();
  const passages = new Map();

  const has = (name) => ready.has(name);
  const need = (names) => Promise.all(names.filter((name) => !has(name)).map((name) => {
    if (!parts.has(name)) {
      const arrived = loadScript(name, `${head.version}/${name}.js`).then((data) => ready.set(name, data));
      arrived.catch(() => parts.delete(name));
      parts.set(name, arrived);
    }
    return parts.get(name);
  }));

  const means = once(() => lengths().map((column) => column.reduce((sum, one) => sum + one, 0) / Math.max(1, head.total)));
  const lengths = once(() => head.lengths.map((column) => numbersOf(column)));
  const norms = once(() => lengths().map((column, field) => Float64Array.from(column, (length) => {
    const mean = means()[field];
    return mean ? 1 - B + (B * length) / mean : 1;
  })));
  const days = once(() => daysOf(head));
  // Every query needs them, and the first is still being typed.
  setTimeout(() => { norms(); days(); });

  const entryOf = (name) => {
    const place = partOf(head.stems, name);
    if (place < 0 || !has(`p${place}`)) return null;
    const part = ready.get(`p${place}`);
    if (!part.stems) part.stems = entriesOf(part, place);
    return part.stems.get(name) || null;
  };
  const unpacked = (name) => {
    if (!postings.has(name)) {
      const entry = entryOf(name);
      if (!entry) return null;
      postings.set(name, unpack(entry, norms()));
    }
    return postings.get(name);
  };

  return {
    total: head.total,
    kinds: head.kinds,
    need,
    days,
    // The parts that hold what is known of stems, of words that begin so, of records.
    partsOf: (stems) => distinct(stems.map((name) => partOf(head.stems, name)).filter((n) => n >= 0).map((n) => `p${n}`)),
    placesOf: (stems) => distinct(stems.map((name) => partOf(head.stems, name)).filter((n) => n >= 0).map((n) => `q${n}`)),
    wordsOf: (beginning) => wordParts(head.words, beginning),
    textsOf: (numbers) => distinct(numbers.map((number) => `t${Math.floor(number / head.shown)}`)),
    // By record, the frequency of a term, weighed by field and length; null where no record holds it.
    postings(term) {
      const isExact = term.startsWith(EXACT_MARK);
      const found = unpacked(isExact ? stem(term.slice(1)) : term);
      if (!found) return null;
      return isExact ? found.exact.get(term.slice(1)) || null : found.all;
    },
    // Whether a stem stands in one of these fields of a record, given as bits.
    stands(name, number, fields) {
      const found = unpacked(name);
      const place = found ? found.all.records.indexOf(number) : -1;
      return place >= 0 && (found.fields[place] & fields) !== 0;
    },
    // Where a stem stands: by record a set of places.
    places(name) {
      const found = unpacked(name);
      if (!found) return new Map();
      if (!found.places) {
        const entry = entryOf(name);
        found.places = unpackPlaces(ready.get(`q${entry.place}`)[entry.row], entry);
      }
      return found.places;
    },
    // The words that some record holds, folded and in order, of those that begin so.
    *words(beginning) {
      for (const name of wordParts(head.words, beginning)) {
        for (const word of ready.get(name).split(" ")) if (word.startsWith(beginning)) yield word;
      }
    },
    // The values of a fact: [slug, label, numbers of records].
    values(name) {
      const facts = name in head.facts ? head.facts : ready.get("more");
      return facts[name].map((value) => {
        if (typeof value[2] === "string") value[2] = recordsOf(value[2]);
        return value;
      });
    },
    isRare: (name) => name !== "year" && !(name in head.facts),
    // What is shown of a record: [id, title, address, text].
    shown(number) {
      return ready.get(`t${Math.floor(number / head.shown)}`)[number % head.shown];
    },
    passages,
  };
}

function once(work) {
  let found;
  return () => (found === undefined ? (found = work()) : found);
}

function distinct(values) {
  return Array.from(new Set(values));
}

// Numbers from text; kb/search/site/numbers.py says how they are written.
function numbersOf(text) {
  const found = new Int32Array(text.length);
  let size = 0;
  for (let n = 0; n < text.length; n += 1) {
    let number = digitOf(text, n);
    if (number >= 2000) {
      n += 1;
      number = (number - 2000) * 2000 + digitOf(text, n);
    }
    found[size] = number;
    size += 1;
  }
  return found.subarray(0, size);
}

function digitOf(text, place) {
  const code = text.charCodeAt(place);
  return code - (code > 92 ? 41 : 40);
}

function recordsOf(text) {
  let last = -1;
  return numbersOf(text).map((gap) => (last += gap + 1));
}

// The days of the records that have one, the newest first, as "2021-03-04".
function daysOf(head) {
  if (!head.newest) return [];
  const days = [];
  let ordinal = head.newest;
  for (const gap of [0, ...numbersOf(head.days)]) {
    ordinal -= gap;
    // 719163 is the ordinal of 1970-01-01 as Python counts days.
    if (gap || !days.length) days.push(new Date((ordinal - 719163) * 86400000).toISOString().slice(0, 10));
    else days.push(days[days.length - 1]);
  }
  return days;
}

// The number of the last part that begins with this word or an earlier one, -1 for none.
function partOf(firsts, word) {
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesAfter(firsts[middle], word)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

function comesAfter(one, other) {
  return /[\ud800-\udfff]/.test(one + other) ? byName(one, other) > 0 : one > other;
}

function wordParts(firsts, beginning) {
  const found = [];
  for (let n = Math.max(0, partOf(firsts, beginning)); n < firsts.length; n += 1) {
    if (comesAfter(firsts[n], beginning) && !firsts[n].startsWith(beginning)) break;
    found.push(`w${n}`);
  }
  return found;
}

function entriesOf(part, place) {
  const [names, ...rows] = part;
  return new Map(names.split(" ").map((name, row) => {
    const [stemmed, ...forms] = name.split(",");
    const exact = forms.map((form) => (form.startsWith("=") ? form.slice(1) : stemmed + form));
    return [stemmed, { exact, text: rows[row], place, row }];
  }));
}

// Unpack the postings of a stem: of all its words together, and of each; `fields` are bits, by record of `all`. Frequencies
// of a field are whole numbers, and are weighed and added in the order of the fields, so that every sum is the one that
// Python makes.
function unpack({ text, exact }, norms) {
  const size = exact.length;
  const all = { records: [], frequencies: [] };
  // The only word of a stem stands wherever the stem does.
  const lists = size === 1 ? [all] : exact.map(() => ({ records: [], frequencies: [] }));
  const fields = [];
  eachRecord(text, size, (record, counts) => {
    const sums = size === 1 ? counts : summed(counts, size);
    if (size > 1) lists.forEach((list, form) => add(list, record, counts, form * FIELDS.length, norms));
    add(all, record, sums, 0, norms);
    let bits = 0;
    for (let field = 0; field < FIELDS.length; field += 1) if (sums[field]) bits |= 1 << field;
    fields.push(bits);
  });
  return { all, exact: new Map(exact.map((form, n) => [form, lists[n]])), fields };
}

// Call with each record, and how often each of the words stands there in each field. The counts are good until the next.
function eachRecord(text, size, work) {
  const numbers = numbersOf(text);
  const width = FIELDS.length;
  const counts = new Int32Array(size * width);
  let record = -1;
  for (let n = 0; n < numbers.length; n += 1) {
    record += numbers[n] + 1;
    counts.fill(0);
    do {
      n += 1;
      const item = numbers[n] >> 1;
      const form = item % size;
      const rest = (item - form) / size;
      const field = rest % width;
      counts[form * width + field] = (rest - field) / width + 1;
    } while (!(numbers[n] & 1));
    work(record, counts);
  }
}

function summed(counts, size) {
  const sums = new Int32Array(FIELDS.length);
  for (let n = 0; n < size * FIELDS.length; n += 1) sums[n % FIELDS.length] += counts[n];
  return sums;
}

function add(list, record, counts, from, norms) {
  let frequency = 0;
  for (let field = 0; field < FIELDS.length; field += 1) {
    const count = counts[from + field];
    if (count) frequency += (WEIGHTS[field] * count) / norms[field][record];
  }
  if (!frequency) return;
  list.records.push(record);
  list.frequencies.push(frequency);
}

// Where a stem stands, by record.
function unpackPlaces(row, { text, exact }) {
  const numbers = numbersOf(row);
  const found = new Map();
  let n = 0;
  eachRecord(text, exact.length, (record, counts) => {
    const places = new Set();
    summed(counts, exact.length).forEach((count, field) => {
      let place = field * SPAN;
      for (let left = count; left > 0; left -= 1, n += 1) {
        place += numbers[n];
        places.add(place);
      }
    });
    found.set(record, places);
  });
  return found;
}
