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

