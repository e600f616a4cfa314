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
  return [z, norms, total, RULE.active ? total > 0 : known];
}

const nearestOf = (values) => values.reduce((best, d, i) => (d < values[best] ? i : best), 0);

/** Six digits after the point, halves to the even one. */
function rounded(value) {
  const x = value * 1e6, under = Math.floor(x), rest = x - under;
  return (rest < 0.5 ? under : rest > 0.5 ? under + 1 : under % 2 === 0 ? under : under + 1) / 1e6;
}

/** The limit of the band of activity a user is in. */
const limitOf = (of, limits, total) => limits[of.edges.filter((e) => e <= total).length] ?? Infinity;

/** Why a user is like no group; 0 where they are like one. */
function beyond(z, norms, total, distance, nearest) {
  const extent = RULE.extent;
  if (extent === null) return 0;
  if (distance > extent.unit[nearest] * limitOf(extent, extent.near, total)) return 8;
  let left = norms.reduce((sum, norm) => sum + norm, 0);
  for (const column of extent.basis) {
    const along = column.reduce((sum, v, r) => sum + z[r] * v, 0);
    left -= along * along;
  }
  return extent.basis.length > 0 && left > limitOf(extent, extent.apart, total) ? 9 : 0;
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
  const nearest = order[nearestOf(order.map((i) => each[i]))], radius = RULE.radius[nearest];
  let reason = margin < RULE.borderline ? 1 : 0;
  reason = beyond(z, norms, total, Math.sqrt(near), nearest) || reason;
  if (radius !== null && Math.sqrt(near) > radius) reason = 3;
  if (RULE.guards.some((g, i) => (g.most !== null && total > g.most) || norms[i] > limitOf(g, g.limits, total))) reason = 2;
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
