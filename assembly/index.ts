/** The ABI: what the wrapper may call, by layer. No logic here. */
export { arenaFloor, arenaFree, arenaKeep, arenaKept, arenaMark, arenaRelease, arenaReserve } from "./arena";
