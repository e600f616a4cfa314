/** Texts without blanks at either end, as the program trims them. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const BETWEEN = new RegExp(`[${SPACE}]+`, "g");
const strip = (text) => text.replace(ENDS, "");
const plain = (text) => strip(text.replaceAll("\u2019", "'")).replace(BETWEEN, " ").toLowerCase();

/** A record that cannot be placed: `code` is "P103" for a value that does not fit, "P002" for what is missing. */
export class RecordError extends Error {
  /** @param {string} code @param {string} message @param {string} where @param {string} fix */
  constructor(code, message, where, fix) {
    super(message);
    this.name = "RecordError";
    this.code = code;
    this.where = where;
    this.fix = fix;
  }
}

class Unfit extends Error {}
const unfit = (words) => {
  throw new Unfit(words);
};
const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isEmpty = (cell) => cell === null || cell === undefined || cell === "" || (typeof cell === "number" && cell !== cell);
const kindOf = (cell) => (Array.isArray(cell) ? "a list" : isObject(cell) ? "an object" : typeof cell === "boolean" ? "true or false" : typeof cell);

// ---------------------------------------------------------------- cells

const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const BLANKS = /^[ \t\n\r\v\f\u00a0\u202f]+|[ \t\n\r\v\f\u00a0\u202f]+$/g;
const MARKS = /[ '\u2019\u00a0\u202f]/g;

function digits(cell, format) {
  if (typeof cell !== "string") unfit(`is ${kindOf(cell)}, where a number is expected`);
  let word = cell.replace(BLANKS, "");
  if (format === "comma") word = word.replace(MARKS, "").replaceAll(".", "").replaceAll(",", ".");
  if (format === "grouped") word = word.replace(MARKS, "").replaceAll(",", "");
  const how = { comma: " with a decimal comma", grouped: " with thousands marks" }[format] ?? "";
  if (word && !NUMBER.test(word)) unfit(`cannot be read as a number${how}`);
  return word.replaceAll("_", "");
}

function finite(value) {
  if (!Number.isFinite(value)) unfit("is larger than any number that can be held");
  return value;
}

function number(cell, format = "") {
  if (typeof cell === "bigint") return finite(Number(cell));
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : unfit("is no finite number");
  const word = digits(cell, format);
  return word ? finite(Number(word)) : NaN;
}

/** A number rounded to a whole one, halves away from 0. */
function whole(cell, format) {
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell === "number" && !Number.isFinite(cell)) unfit("is no finite number");
  let value;
  if (typeof cell === "number") {
    const size = Math.abs(cell), under = Math.trunc(size);
    value = Math.sign(cell) * (size - under >= 0.5 ? under + 1 : under);
  } else if (typeof cell === "bigint") value = Number(cell);
  else {
    const word = digits(cell, format);
    if (!word) return NaN;
    const [, sign, before, after = "", power = "0"] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(word);
    const at = before.length + Number(power);
    const all = before + after;
    if (at - (/^0*/.exec(all)[0].length) > 19) unfit("is larger than a whole number of 64 bits");
    const head = at > 0 ? all.slice(0, at).padEnd(at, "0") : "0";
    const tail = at >= 0 ? all.slice(at) : "0";
    const up = tail !== "" && tail[0] >= "5" ? 1n : 0n;
    value = Number((sign === "-" ? -1n : 1n) * (BigInt(head || "0") + up));
  }
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) unfit("is larger than a whole number of 64 bits");
  return value + 0;
}

/** A number as the program writes it. */
function written(cell, point) {
  if (typeof cell === "bigint") return point ? `${cell}.0` : String(cell);
  if (Number.isInteger(cell) && !point) return BigInt(cell).toString();
  const [mantissa, power] = cell.toExponential().split("e");
  const n = Number(power);
  if (n < -4 || n >= 16) return `${mantissa}e${n < 0 ? "-" : "+"}${String(Math.abs(n)).padStart(2, "0")}`;
  return Number.isInteger(cell) ? `${cell}.0` : String(cell).includes("e") ? cell.toFixed(Math.max(0, mantissa.replace(/[-.]/g, "").length - 1 - n)) : String(cell);
}

function text(cell, point = false) {
  if (typeof cell === "string") return strip(cell) ? cell : "";
  if (typeof cell === "boolean") return String(cell);
  if (typeof cell === "bigint") return written(cell, point);
  if (typeof cell === "number") return Number.isFinite(cell) ? written(cell, point) : unfit("is no finite number");
  return unfit(`is ${kindOf(cell)}, where one value is expected`);
}

function flag(cell, words) {
  if (typeof cell === "boolean") return Number(cell);
  const word = text(cell).replace(/^ +| +$/g, "").toLowerCase();
  if (!word) return NaN;
  if (word !== words[0] && word !== words[1]) unfit(`is neither "${words[0]}" nor "${words[1]}"`);
  return Number(word === words[0]);
}

function rank(cell, field) {
  const said = text(cell);
  if (!said) return NaN;
  const place = field.ranks.get(plain(said));
  if (place === undefined && !SILENT.has(plain(said))) unfit(`has no place in ${field.words.join(" < ")}`);
  return place === undefined ? NaN : place;
}

const COMMA = /(?<!\p{Nd}),|,(?!\p{Nd})/u;

/** One 0 or 1 a word, and one for all other words where the field has them; null where nothing was answered. */
function several(cell, field) {
  const said = text(cell);
  if (!said) return null;
  const parts = field.mark === "," && !field.digits ? said.split(COMMA) : said.split(field.mark);
  const pieces = [...new Set(parts.map(strip).filter((p) => p))];
  const found = new Set();
  for (let at = 0; at < pieces.length; ) {
    let n = Math.min(field.most, pieces.length - at);
    while (n > 0 && !field.known.has(pieces.slice(at, at + n).join(`${field.mark} `))) n--;
    found.add(n > 0 ? pieces.slice(at, at + n).join(`${field.mark} `) : "");
    at += n || 1;
  }
  return [...field.words, ...(field.rest ? [""] : [])].map((o) => Number(found.has(o)));
}

function option(cell, mark) {
  const said = text(cell);
  return said ? Number(!mark || strip(said).toLowerCase() !== mark) : NaN;
}

const READ = {
  number: (cell, f) => number(cell, f.format),
  whole: (cell, f) => whole(cell, f.format),
  flag: (cell, f) => flag(cell, f.words),
  text: (cell, f) => text(cell, f.point),
  several,
  option: (cell, f) => option(cell, f.mark),
  rank,
};

// ---------------------------------------------------------------- records

const INTAKE = DATA.intake;
const RULE = DATA.rule;
const MISSING = new Set(["", ...INTAKE.missing]);
const FIELDS = INTAKE.fields.map((f) => ({ ...f, ranks: new Map(f.ranks), known: new Set(f.words) }));
const AT = new Map(RULE.events.map((e, i) => [e.name, i]));
const ASKED = new Set([
  ...INTAKE.fields.filter((f) => f.makes.some((m) => m)).map((f) => f.name),
  ...(INTAKE.counted.length ? ["events"] : []),
  ...INTAKE.measures,
  ...(INTAKE.measures.length ? ["measures"] : []),
]);
const FIXES = {
  "is missing": "give every record its id",
  "is no text": "ids are texts, kept byte for byte: put it in quotes",
  "is no object of names and values": 'a record looks like {"id": "C-1", "plan": "free"}',
};

function refused(i, field, words, cell) {
  const shown = typeof cell === "string" && cell ? `: "${cell.slice(0, 40)}"` : typeof cell === "number" ? `: ${cell}` : "";
  const name = field ? `"${field}" of record ${i + 1}` : `record ${i + 1}`;
  const where = field ? `record ${i + 1}, field "${field}"` : `record ${i + 1}`;
  return new RecordError("P103", `${name} ${words}${shown}`, where, FIXES[words] ?? "give it as the data of the run had it, or null for empty");
}

class Reading {
  constructor(record, i, strict) {
    this.record = record;
    this.i = i;
    this.strict = strict;
  }

  id() {
    if (!isObject(this.record)) throw refused(this.i, "", "is no object of names and values", this.record);
    let id = has(this.record, INTAKE.id) ? this.record[INTAKE.id] : this.record.id;
    if (typeof id === "bigint") id = String(id); // a number may have lost digits before it came here
    if (typeof id !== "string" || !id) {
      const field = has(this.record, INTAKE.id) ? INTAKE.id : "id";
      throw refused(this.i, field, isEmpty(id) ? "is missing" : "is no text", id);
    }
    return id;
  }

  check() {
    if (ASKED.size && ![...ASKED].some((n) => has(this.record, n))) {
      const some = [...ASKED].sort().slice(0, 8).map((n) => `"${n}"`).join(", ");
      const fix = 'give at least one of them; null stands for empty, and "events": {} for who did nothing';
      throw new RecordError("P002", `record ${this.i + 1} has nothing of what the rule reads: ${some}`, `record ${this.i + 1}`, fix);
    }
    const lacking = INTAKE.measures.filter((n) => !has(this.ready(), n) && !has(this.record, n));
    if (lacking.length) {
      const words = `record ${this.i + 1} lacks measures that one record alone cannot give: ${lacking.map((n) => `"${n}"`).join(", ")}`;
      throw new RecordError("P002", words, `record ${this.i + 1}`, `give them ready made, null where empty: "measures": {"${lacking[0]}": 3.5}`);
    }
  }

  ready() {
    return isObject(this.record.measures) ? this.record.measures : {};
  }

  cell(name, read, cell, nothing) {
    if (isEmpty(cell) || (typeof cell === "string" && MISSING.has(cell))) return nothing;
    try {
      return read(cell) ?? nothing;
    } catch (no) {
      if (!(no instanceof Unfit)) throw no;
      if (this.strict) throw refused(this.i, name, no.message, cell);
      return nothing;
    }
  }

  inputs() {
    if (this.strict) this.check();
    const counts = new Map(), measures = new Map(), columns = new Map(), answered = new Set();
    if (RULE.events.length) this.happened(counts);
    for (const f of FIELDS) {
      let cell = has(this.record, f.name) ? this.record[f.name] : null;
      if ((f.name === "events" || f.name === "measures") && typeof cell === "object") cell = null;
      const nothing = f.how === "several" ? f.makes.map(() => NaN) : f.how === "text" ? "" : NaN;
      const made = this.cell(f.name, (c) => READ[f.how](c, f), cell, nothing);
      const values = f.how === "several" ? made : [made];
      if (f.counts) {
        f.makes.forEach((m, j) => m && values[j] && counts.set(AT.get(m), values[j]));
        continue;
      }
      columns.set(f, values);
      if (f.how === "option" && !f.mark && Number.isFinite(values[0])) answered.add(f.block);
    }
    for (const [f, values] of columns) if (f.how === "option" && !f.mark && answered.has(f.block) && values[0] !== values[0]) values[0] = 0;
    for (const block of INTAKE.styles) ownStyle(block.map((name) => [...columns.keys()].find((f) => f.name === name)), columns);
    for (const [f, values] of columns) f.makes.forEach((m, j) => m && measures.set(m, values[j]));
    for (const name of INTAKE.measures) {
      const words = INTAKE.texts.includes(name), ready = this.ready();
      const cell = has(ready, name) ? ready[name] : this.record[name];
      measures.set(name, this.cell(name, words ? (c) => text(c) : (c) => number(c), cell, words ? "" : NaN));
    }
    return [counts, measures];
  }

  happened(counts) {
    const given = this.record.events;
    if (isEmpty(given) || !INTAKE.counted.length) return;
    let pairs;
    if (given instanceof Map) pairs = [...given].map(([e, n]) => [e, this.times(e, n)]);
    else if (isObject(given)) pairs = Object.entries(given).map(([e, n]) => [e, this.times(e, n)]);
    else if (Array.isArray(given)) pairs = given.map((row) => this.row(row));
    else if (INTAKE.fields.some((f) => f.name === "events")) return;
    else throw refused(this.i, "events", "is neither counts by event nor a list of events", given);
    for (const [event, n] of pairs) if (AT.has(event) && n) counts.set(AT.get(event), (counts.get(AT.get(event)) ?? 0) + n);
  }

  row(row) {
    if (typeof row === "string") return [row, 1];
    if (!isObject(row)) throw refused(this.i, "events", "holds an event that is neither a name nor a row", row);
    let name = INTAKE.event && has(row, INTAKE.event) ? row[INTAKE.event] : row.event;
    if (!isEmpty(name) && typeof name !== "string") name = this.cell(INTAKE.event || "event", (c) => text(c), name, "");
    const more = INTAKE.property ? row[INTAKE.property] : null;
    if (!isEmpty(more)) name = [name, text(more)].filter((x) => x).join(": ");
    return [name || "", this.times(INTAKE.times || name, INTAKE.times ? row[INTAKE.times] : 1)];
  }

  times(name, times) {
    const n = isEmpty(times) ? 0 : this.cell(`events: ${name}`, (c) => number(c), times, 0);
    if (n < 0 && this.strict) throw refused(this.i, `events: ${name}`, "is below 0, and nothing happens less than never", times);
    return n;
  }
}

/** Answers of one block less the person's own mean, divided by their own standard deviation. */
function ownStyle(block, columns) {
  const x = block.map((f) => columns.get(f)[0]), known = x.filter(Number.isFinite), n = Math.max(known.length, 1);
  const mean = known.reduce((a, b) => a + b, 0) / n;
  const spread = Math.sqrt(known.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
  block.forEach((f, j) => (columns.get(f)[0] = (x[j] - mean) / (spread > 1e-12 ? spread : 1)));
}

// ---------------------------------------------------------------- the rule

const stepped = (value, steps) => steps.reduce((x, [name, learned]) => STEPS[name](x, learned), value);
const filled = (value) => (typeof value === "string" ? value !== "" : value === value);

/** The coordinates of a user, sums in the order of the program's. */
function project(counts, measures) {
  const z = RULE.offset.map(() => 0), norms = RULE.guards.map(() => 0);
  const done = [...counts].filter(([, n]) => n > 0).sort((a, b) => a[0] - b[0]);
  let total = 0, length = 0, known = false;
  for (const [at, n] of done) {
    total += n;
    if (RULE.first === "tfidf") length += (n * RULE.events[at].steps[0][1].idf) ** 2;
  }
  const by = RULE.first === "tfidf" ? Math.max(Math.sqrt(length), 1e-300) : RULE.first === "total" ? Math.max(total, 1e-300) : 1;
  if (total > 0) {
    known = true;
    const sums = RULE.offset.map(() => 0), squares = RULE.guards.map(() => 0), products = RULE.guards.map(() => 0);
    for (const [at, n] of done) {
      const e = RULE.events[at], v = stepped(n / by, e.steps) - e.zero;
      for (let r = 0; r < z.length; r++) sums[r] += v * e.weight[r];
      RULE.guards.forEach((g, i) => {
        if (!g.events || at < g.start || at >= g.stop) return;
        squares[i] += v * v * g.square[at - g.start];
        products[i] += v * g.product[at - g.start];
      });
    }
    for (let r = 0; r < z.length; r++) z[r] += sums[r] - RULE.offset[r];
    RULE.guards.forEach((g, i) => g.events && (norms[i] = squares[i] - 2 * products[i] + g.constant));
  }
  RULE.measures.forEach((f, j) => {
    const raw = measures.has(f.column) ? measures.get(f.column) : f.text ? "" : NaN;
    known ||= filled(raw);
    let x = stepped(raw, f.steps);
    if (x !== x) x = 0;
    for (let r = 0; r < z.length; r++) z[r] += x * f.row[r];
    const at = RULE.events.length + j;
    RULE.guards.forEach((g, i) => !g.events && at >= g.start && at < g.stop && (norms[i] += g.weight[at - g.start] * x * x));
  });
  return [z, norms, total, known];
}

const nearestOf = (values) => values.reduce((best, d, i) => (d < values[best] ? i : best), 0);

/** Six digits after the point, halves to the even one. */
function rounded(value) {
  const x = value * 1e6, under = Math.floor(x), rest = x - under;
  return (rest < 0.5 ? under : rest > 0.5 ? under + 1 : under % 2 === 0 ? under : under + 1) / 1e6;
}

function placed(counts, measures) {
  const [z, norms, total, known] = project(counts, measures);
  const each = RULE.prototypes.map((p) => p.reduce((d, c, r) => d + (z[r] - c) ** 2, 0));
  const d = Array.from({ length: RULE.size }, () => Infinity);
  RULE.owner.forEach((o, i) => (d[o] = Math.min(d[o], each[i])));
  const first = nearestOf(d), near = d[first];
  const others = d.map((x, i) => (i === first ? Infinity : x));
  let second = -1, membership = 1, margin = 1;
  if (RULE.size > 1) {
    second = nearestOf(others);
    membership = 1 / d.reduce((sum, x) => sum + Math.exp(-(x - near) / (2 * RULE.spread)), 0);
    margin = 1 - Math.sqrt(near / Math.max(others[second], 1e-300));
  }
  const order = RULE.owner.map((_, i) => i).sort((a, b) => RULE.owner[a] - RULE.owner[b] || a - b);
  const reach = RULE.radius[order[nearestOf(order.map((i) => each[i]))]];
  let reason = margin < RULE.borderline ? 1 : 0;
  if (reach !== null && Math.sqrt(near) > reach) reason = 3;
  if (RULE.guards.some((g, i) => (g.most !== null && total > g.most) || norms[i] > (g.limits[g.edges.filter((e) => e <= total).length] ?? Infinity))) reason = 2;
  if (RULE.needs.some((n) => !filled(measures.has(n) ? measures.get(n) : NaN))) reason = 6;
  if (!known) reason = 4;
  if (reason < 2) return { first, second, membership: rounded(membership), margin: rounded(margin), reason };
  return { first: -1, second: known ? first : -1, membership: 0, margin: 0, reason };
}

/**
 * The run whose rule this is.
 * @type {string}
 */
export const run = DATA.run;

/**
 * The personas, largest first.
 * @type {ReadonlyArray<Readonly<{key: string, name: string, users: number, share: number}>>}
 */
export const personas = Object.freeze(DATA.personas.map((p) => Object.freeze({ key: p.key, name: p.name, users: p.users, share: p.share })));

/**
 * What a record is made of: the name of its id, its columns, the events that count, and the measures that come ready made.
 * @type {Readonly<{id: string, fields: ReadonlyArray<string>, events: ReadonlyArray<string>, measures: ReadonlyArray<string>, window: number}>}
 */
export const reads = Object.freeze({
  id: INTAKE.id,
  fields: Object.freeze(INTAKE.fields.map((f) => f.name)),
  events: Object.freeze([...INTAKE.counted]),
  measures: Object.freeze([...INTAKE.measures]),
  window: INTAKE.window,
});

const BY_INDEX = new Map(DATA.personas.map((p) => [p.index, p]));
const KINDS = ["core", "border", "outside"];

function answer(record, i, strict) {
  const reading = new Reading(record, i, strict), id = reading.id();
  const p = placed(...reading.inputs());
  const own = BY_INDEX.get(p.first), other = BY_INDEX.get(p.second);
  return {
    id,
    persona: own?.key ?? "",
    persona_name: own?.name ?? "",
    membership: p.membership,
    second: other?.key ?? "",
    margin: p.margin,
    kind: KINDS[Math.min(p.reason, 2)],
    reason: DATA.reasons[p.reason],
    run: DATA.run,
  };
}

/**
 * Where a user stands.
 * @param {Record<string, unknown>} record id, columns, "events" (counts by event, or a list of events), "measures"
 * @param {{strict?: boolean}} [options] without `strict` a value that does not fit is taken as empty, as it is in a file
 * @returns {Answer}
 * @throws {RecordError}
 */
export function place(record, { strict = true } = {}) {
  return answer(record, 0, strict);
}

/**
 * Where many users stand, in their order.
 * @param {Iterable<Record<string, unknown>>} records
 * @param {{strict?: boolean}} [options]
 * @returns {Answer[]}
 * @throws {RecordError} naming the record, before any answer is given
 */
export function placeMany(records, { strict = true } = {}) {
  return Array.from(records, (record, i) => answer(record, i, strict));
}
