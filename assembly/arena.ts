/**
 * The kernel's linear memory: resident blocks at the bottom, scratch above them. Called by the wrapper only; no kernel
 * allocates. Neither function grows the memory: where a request does not fit, it returns 0 and changes nothing, and the
 * wrapper grows the memory and asks again.
 *
 *   | constants | those of numerics | of options | resident block | resident block | ... | scratch, bump | free |
 *   0           16384               32768        49152                            ceiling         top    end
 *
 * Constants are a module's static data: below 16384 of the core kernel, above it of the modules that run on this memory.
 * Every resident block is preceded by a 64-byte header: u32 size of its payload, u32 1 where it is in use. Blocks follow
 * each other without holes, so the headers are the list. Freed neighbours are joined when the list is next walked, and a
 * free block below the ceiling lowers it. Addresses and sizes are multiples of 64.
 */
const HEADER: usize = 64;
const ALIGNMENT: usize = 64;
/** Behind the constants of all modules: see scripts/modules.mjs. */
const FIRST: usize = 49152;

let base: usize = 0;
let ceiling: usize = 0;
let top: usize = 0;

function aligned(bytes: usize): usize {
  return (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

function end(): usize {
  return (<usize>memory.size()) << 16;
}

/** Lowest free address. Sets the arena up on first use; idempotent. */
export function arenaFloor(): usize {
  if (base == 0) {
    base = FIRST;
    ceiling = base;
    top = base;
  }
  return ceiling;
}

/** Current top of the scratch stack; pass it to `arenaRelease` to drop everything reserved since. */
export function arenaMark(): usize {
  arenaFloor();
  return top;
}

/** Drop all scratch above `mark`. Resident blocks made since the mark stay: scratch starts above them. */
export function arenaRelease(mark: usize): void {
  top = max(mark, ceiling);
}

/**
 * Scratch of `bytes` bytes, 64-byte aligned, not cleared; 0 where the memory is too small (then grow it and ask again).
 */
export function arenaReserve(bytes: usize): usize {
  arenaFloor();
  const size = aligned(bytes);
  const at = top;
  if (at + size < at || at + size > end()) return 0;
  top = at + size;
  return at;
}

/**
 * A resident block of `bytes` bytes, first fit, lowest address first; lives until `arenaFree`. Cost O(blocks).
 * Returns 0 where the memory is too small, and 0 while scratch is in use: scratch stands where the block would go.
 */
export function arenaKeep(bytes: usize): usize {
  arenaFloor();
  const size = aligned(max<usize>(bytes, 1));
  let block = base;
  while (block < ceiling) {
    const next = joined(block);
    if (block >= ceiling) break;
    const room = <usize>load<u32>(block);
    if (load<u32>(block, 4) == 0 && room >= size) {
      if (room > size + HEADER) {
        store<u32>(block, <u32>size);
        store<u32>(block + HEADER + size, <u32>(room - size - HEADER));
        store<u32>(block + HEADER + size, 0, 4);
      }
      store<u32>(block, 1, 4);
      return block + HEADER;
    }
    block = next;
  }
  if (top != ceiling) return 0;
  const at = ceiling;
  if (at + HEADER + size < at || at + HEADER + size > end()) return 0;
  store<u32>(at, <u32>size);
  store<u32>(at, 1, 4);
  ceiling = at + HEADER + size;
  top = ceiling;
  return at + HEADER;
}

/** Join `block`, where free, with the free blocks behind it; where it is the last, lower the ceiling. Next block. */
function joined(block: usize): usize {
  let next = block + HEADER + <usize>load<u32>(block);
  if (load<u32>(block, 4) != 0) return next;
  while (next < ceiling && load<u32>(next, 4) == 0) {
    next += HEADER + <usize>load<u32>(next);
  }
  store<u32>(block, <u32>(next - block - HEADER));
  if (next == ceiling && top == ceiling) {
    ceiling = block;
    top = block;
  }
  return next;
}

/** Give back a block of `arenaKeep`. Its bytes may be handed out again by the next `arenaKeep`. */
export function arenaFree(at: usize): void {
  store<u32>(at - HEADER, 0, 4);
  let block = base;
  while (block < ceiling) block = joined(block);
}

/** Bytes in resident blocks, headers included: what a leak test watches. */
export function arenaKept(): usize {
  let kept: usize = 0;
  let block = base;
  while (block < ceiling) {
    const size = <usize>load<u32>(block);
    if (load<u32>(block, 4) != 0) kept += HEADER + size;
    block += HEADER + size;
  }
  return kept;
}
