/** The ABI: what the wrapper may call, by layer. No logic here. */
export { arenaFloor, arenaFree, arenaKeep, arenaKept, arenaMark, arenaRelease, arenaReserve } from "./arena";
export { bookDescribe, bookDescriptorBytes, bookSlots } from "./book/book";
export { bookExposures, bookExposuresBound, bookExposuresScratch } from "./book/exposure";
export { marketDescribe, marketDescriptorBytes } from "./book/market";
export { bookValue } from "./book/value";
