// Faults that can be put into the bytes of a WebAssembly module: one instruction for its opposite of the same length, or a
// constant for another, so that nothing has to be written anew but those bytes.
import { createHash } from "node:crypto";

/** Instructions that take each other's place, by their bytes, with what is turned about. */
const pairs = [
  ["add/sub", "f64.add", [0xa0], "f64.sub", [0xa1]],
  ["mul/div", "f64.mul", [0xa2], "f64.div", [0xa3]],
  ["min/max", "f64.min", [0xa4], "f64.max", [0xa5]],
  ["add/sub", "f64x2.add", [0xfd, 0xf0, 1], "f64x2.sub", [0xfd, 0xf1, 1]],
  ["mul/div", "f64x2.mul", [0xfd, 0xf2, 1], "f64x2.div", [0xfd, 0xf3, 1]],
  ["min/max", "f64x2.min", [0xfd, 0xf4, 1], "f64x2.max", [0xfd, 0xf5, 1]],
  ["min/max", "f64x2.pmin", [0xfd, 0xf6, 1], "f64x2.pmax", [0xfd, 0xf7, 1]],
  ["integer add/sub", "i32.add", [0x6a], "i32.sub", [0x6b]],
  ["integer add/sub", "i64.add", [0x7c], "i64.sub", [0x7d]],
  ["integer add/sub", "i32x4.add", [0xfd, 0xae, 1], "i32x4.sub", [0xfd, 0xb1, 1]],
  ["integer add/sub", "i64x2.add", [0xfd, 0xce, 1], "i64x2.sub", [0xfd, 0xd1, 1]],
  ["and/or", "i32.and", [0x71], "i32.or", [0x72]],
  ["and/or", "v128.and", [0xfd, 0x4e], "v128.or", [0xfd, 0x50]],
];
/** Comparisons in this order, from the first one's byte: each for the one beside it at the boundary, and for its opposite. */
const SIGNED = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
const FLOAT = ["eq", "ne", "lt", "gt", "le", "ge"];
const compared = [
  ["i32", [], 0x46, SIGNED],
  ["i64", [], 0x51, SIGNED],
  ["f64", [], 0x61, FLOAT],
  ["f64x2", [0xfd], 0x47, FLOAT],
];
const boundary = { lt: "le", le: "lt", gt: "ge", ge: "gt" };
const opposite = { eq: "ne", ne: "eq", lt: "ge", ge: "lt", gt: "le", le: "gt" };

/** What can stand in the place of an instruction of these bytes: { kind, from, to, bytes }. */
const swaps = new Map();
function swap(kind, from, bytes, to, others) {
  const key = bytes.join();
  swaps.set(key, [...(swaps.get(key) ?? []), { kind, from, to, bytes: others }]);
}
for (const [kind, a, bytesA, b, bytesB] of pairs) {
  swap(kind, a, bytesA, b, bytesB);
  swap(kind, b, bytesB, a, bytesA);
}
for (const [type, prefix, first, names] of compared) {
  for (const [i, name] of names.entries()) {
    const [relation, sign] = name.split("_");
    for (const table of [boundary, opposite]) {
      const other = table[relation];
      if (other === undefined) continue;
      const full = sign === undefined ? other : `${other}_${sign}`;
      const bytes = [...prefix, first + names.indexOf(full)];
      swap("comparison", `${type}.${name}`, [...prefix, first + i], `${type}.${full}`, bytes);
    }
  }
}

/**
 * All faults of a module: { scope, kind, from, to, id, at, bytes }. `scope` is a function by its name in the text form, which
 * has the same order, or "constants", the tables in memory; `bytes` stand at `at` in the place of those there. An id holds as
 * long as the instructions of its function do. Kind "ulp" is a constant that moves by one unit in its last place.
 */
export function faultsOf(bytes, text) {
  const names = [...text.matchAll(/^ \(func \$(\S+)/gm)].map(([, name]) => name);
  const faults = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const section = reader.byte();
    const size = reader.unsigned();
    const end = reader.at + size;
    if (section === 10) {
      const count = reader.unsigned();
      if (count !== names.length) throw new Error(`${count} functions in the bytes, ${names.length} in the text`);
      for (const name of names) faults.push(...numbered(name, inFunction(reader, bytes, SIZES.test(name) ? -1 : 1)));
    } else if (section === 11) faults.push(...numbered("constants", inData(reader, bytes)));
    reader.at = end;
  }
  return faults;
}

/** A module with a fault in it. */
export function faulty(bytes, { at, bytes: others }) {
  const out = Uint8Array.from(bytes);
  out.set(others, at);
  return out;
}

/** Faults with the id that each has among those of its scope. */
function numbered(scope, { faults, print }) {
  const seen = new Map();
  return faults.map((fault) => {
    const what = `${fault.from} -> ${fault.to}`;
    const nth = (seen.get(what) ?? 0) + 1;
    seen.set(what, nth);
    return { scope, ...fault, id: `${scope} ${print}: ${what} #${nth}` };
  });
}

/** Functions that say how much memory another needs: too much of it is no fault, so that their constants get smaller. */
const SIZES = /(Scratch|Bytes|Bound)$/;

function inFunction(reader, bytes, step) {
  const size = reader.unsigned();
  const end = reader.at + size;
  for (let locals = reader.unsigned(); locals > 0; locals--) {
    reader.unsigned();
    reader.byte();
  }
  const faults = [];
  const print = createHash("sha256");
  while (reader.at < end) {
    const at = reader.at;
    const opcode = instruction(reader);
    const key = bytes.subarray(at, at + opcode.length).join();
    print.update(`${key};`);
    for (const other of swaps.get(key) ?? []) faults.push({ at, ...other });
    const behind = at + opcode.length;
    if (key === "68" || key === "253,12") {
      const length = reader.at - behind;
      faults.push(...changed(bytes, behind, length));
      print.update(bytes.subarray(behind, reader.at));
    } else if (key === "65") faults.push(...moved(bytes, behind, reader.at - behind, step));
    else if (key === "69") faults.push({ at, kind: "negation", from: "i32.eqz", to: "nop", bytes: [0x01] });
  }
  return { faults, print: print.digest("hex").slice(0, 6) };
}

/** Numbers of the tables in memory that are read as f64: those of a size that no table of integers has. */
function inData(reader, bytes) {
  const faults = [];
  const print = createHash("sha256");
  for (let count = reader.unsigned(); count > 0; count--) {
    if (reader.unsigned() !== 0) throw new Error("a data segment that is not of memory 0 at a constant place");
    while (instruction(reader)[0] !== 0x0b);
    const size = reader.unsigned();
    print.update(bytes.subarray(reader.at, reader.at + size));
    for (let i = 0; i + 8 <= size; i += 8) {
      const value = Math.abs(f64(bytes, reader.at + i));
      if (value > 1e-100 && value < 1e100) faults.push(...changed(bytes, reader.at + i, 8));
    }
    reader.at += size;
  }
  return { faults, print: print.digest("hex").slice(0, 6) };
}

const f64 = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getFloat64(at, true);

/** A constant of one or two f64 made twice as large, or one where it was 0, and moved by an ulp. */
function changed(bytes, at, length) {
  const values = Array.from({ length: length / 8 }, (_, i) => f64(bytes, at + 8 * i));
  if (values.some((value) => Number.isNaN(value) || (length === 16 && value !== values[0]))) return [];
  const from = `${values[0]}`;
  const put = (kind, to, change) => {
    const out = new Uint8Array(length);
    const view = new DataView(out.buffer);
    for (let i = 0; i < length; i += 8) view.setFloat64(i, change(values[0]), true);
    return { at, kind, from, to, bytes: [...out] };
  };
  if (values[0] === 0) return [put("constant", "1", () => 1)];
  if (!Number.isFinite(values[0])) return [put("constant", "1", () => 1)];
  return [put("constant", "twice", (x) => 2 * x), put("ulp", "an ulp more", next)];
}

/** The number of the next larger magnitude. */
function next(x) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}

/** An i32 constant and a step of one up or down, in as many bytes as it took. */
function moved(bytes, at, length, step) {
  const value = new Reader(bytes, at).signed();
  let rest = value + step;
  const out = [];
  for (let i = 0; i < length; i++) {
    out.push((rest & 0x7f) | (i < length - 1 ? 0x80 : 0));
    rest >>= 7;
  }
  // It must still be the number it is meant to be: 63 + 1 takes another byte.
  if (new Reader(Uint8Array.from(out), 0).signed() !== value + step) return [];
  return [{ at, kind: "integer constant", from: `i32 ${value}`, to: `${value + step}`, bytes: out }];
}

/** Pass over one instruction; its opcode, with the prefix where it has one. */
function instruction(reader) {
  const first = reader.byte();
  if (first === 0xfc || first === 0xfd) {
    const from = reader.at;
    const code = reader.unsigned();
    const opcode = [first, ...reader.bytes.subarray(from, reader.at)];
    if (first === 0xfc) {
      // saturating conversions; memory.init, data.drop, memory.copy, memory.fill
      if (code >= 8) for (let i = [2, 1, 2, 1][code - 8] ?? unknown(opcode); i > 0; i--) reader.unsigned();
    } else if (code <= 11 || code === 92 || code === 93) pass(reader, 2);
    else if (code === 12 || code === 13) reader.at += 16;
    else if (code >= 21 && code <= 34) reader.at += 1;
    else if (code >= 84 && code <= 91) {
      pass(reader, 2);
      reader.at += 1;
    }
    return opcode;
  }
  if (first >= 0x28 && first <= 0x3e) pass(reader, 2);
  else if ((first >= 0x20 && first <= 0x26) || [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40].includes(first))
    pass(reader, 1);
  else if (first === 0x0e) pass(reader, reader.unsigned() + 1);
  else if (first === 0x11) pass(reader, 2);
  else if (first === 0x1c) pass(reader, reader.unsigned());
  else if (first === 0x41 || first === 0x42) pass(reader, 1);
  else if (first === 0x43) reader.at += 4;
  else if (first === 0x44) reader.at += 8;
  else if (first > 0xc4 || (first > 0x11 && first < 0x1a) || (first > 0x05 && first < 0x0b)) unknown([first]);
  return [first];
}

/** Pass over integers of variable length: their end is seen without their value. */
function pass(reader, count) {
  for (let i = 0; i < count; i++) while (reader.byte() >= 0x80);
}

function unknown(opcode) {
  throw new Error(`an instruction that is not known here: ${opcode.join(" ")}`);
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    if (this.at >= this.bytes.length) throw new Error("the module ends within an instruction");
    return this.bytes[this.at++];
  }

  unsigned() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  signed() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift + 7 < 32 ? (value << (25 - shift)) >> (25 - shift) : value;
    }
  }
}
