/**
 * The order in which pools are computed. Pools under the same variant of a rule come one after another, block by block: they
 * read the same rows of tables and take the same branches, where a book's own order would change both with every pool.
 */
import { ASKS, BIDS, lineFloors, orderColumn, orderCounts, variantNumbers } from "./extras";
import {
  holdingQuantities,
  holdingStarts,
  positionEntries,
  positionFundings,
  positionInstruments,
  positionQuantities,
  positionStarts,
  slots,
  startOf,
} from "../book/book";

/** Pools of a block: what they read and write stays in the caches. */
export const BLOCK: usize = 512;
const BUCKETS: usize = 64;
const CACHE_LINE: usize = 64;

/** Bytes that `orderPools` writes: places of buckets, then the pools. */
export const ORDER_BYTES: usize = (BUCKETS + BLOCK) << 2;

/** Whether the pools from .. to are not all of one variant, so that their order matters. */
export function isMixed(extras: usize, from: usize, to: usize): bool {
  const numbers = variantNumbers(extras);
  const first = load<u32>(numbers + (from << 2));
  for (let p = from + 1; p < to; p++) {
    if (load<u32>(numbers + (p << 2)) != first) return true;
  }
  return false;
}

/** The pools from .. to, at most BLOCK, as u32 behind `at`: by variant, and in order under each. Where they stand. */
export function orderPools(extras: usize, from: usize, to: usize, at: usize): usize {
  const numbers = variantNumbers(extras);
  const order = at + (BUCKETS << 2);
  // Counts of the buckets, then where each begins.
  memory.fill(at, 0, BUCKETS << 2);
  for (let p = from; p < to; p++) {
    const bucket = at + bucketOf(numbers, p);
    store<u32>(bucket, load<u32>(bucket) + 1);
  }
  let begin = <u32>order;
  for (let b: usize = 0; b < BUCKETS << 2; b += 4) {
    const count = load<u32>(at + b);
    store<u32>(at + b, begin);
    begin += count << 2;
  }
  for (let p = from; p < to; p++) {
    const bucket = at + bucketOf(numbers, p);
    const place = load<u32>(bucket);
    store<u32>(<usize>place, <u32>p);
    store<u32>(bucket, place + 4);
  }
  return order;
}

/** More variants than buckets share them. */
function bucketOf(numbers: usize, p: usize): usize {
  return (<usize>load<u32>(numbers + (p << 2)) & (BUCKETS - 1)) << 2;
}

/**
 * Read a word of every cache line that the pools from .. to read and write, column by column: in the order of variants they
 * are met in leaps, which no processor fetches ahead. The sum of the words, so that the reads are not left out.
 */
export function fetchPools(
  book: usize,
  extras: usize,
  from: usize,
  to: usize,
  out: usize,
  columns: usize,
  column: usize,
): u32 {
  const holding = startOf(holdingStarts(book), from);
  const holdings = startOf(holdingStarts(book), to) - holding;
  const position = startOf(positionStarts(book), from);
  const positions = startOf(positionStarts(book), to) - position;
  let sum = fetch(slots(book) + (holding << 2), holdings << 2);
  sum += fetch(holdingQuantities(book) + (holding << 3), holdings << 3);
  sum += fetch(positionInstruments(book) + (position << 2), positions << 2);
  sum += fetch(positionQuantities(book) + (position << 3), positions << 3);
  sum += fetch(positionEntries(book) + (position << 3), positions << 3);
  sum += fetch(positionFundings(book) + (position << 3), positions << 3);
  sum += fetch(orderCounts(extras) + (position << 2), positions << 2);
  sum += fetch(lineFloors(extras) + (position << 3), positions << 3);
  sum += fetch(orderColumn(extras, BIDS) + (position << 3), positions << 3);
  sum += fetch(orderColumn(extras, ASKS) + (position << 3), positions << 3);
  for (let c: usize = 0; c < columns; c++) sum += fetch(out + c * column, (to - from) << 3);
  return sum;
}

function fetch(at: usize, bytes: usize): u32 {
  let sum: u32 = 0;
  for (const end = at + bytes; at < end; at += CACHE_LINE) sum += load<u32>(at);
  return sum;
}
