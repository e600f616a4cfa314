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

