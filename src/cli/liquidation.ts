import type { Engine, ResidentBook } from "../index.js";
import type { DetailRequest } from "./detail.js";
import type { Inputs } from "./inputs.js";
import type { Asked } from "./options.js";
import type { DetailView, DistanceView } from "./view.js";

export function distancesOf(
  _engine: Engine,
  _book: ResidentBook,
  _inputs: Inputs,
  _asked: Asked,
  _notes: string[],
): { row(row: number): DistanceView | null } | null {
  return null;
}
export function levelsOf(_request: DetailRequest): DetailView["levels"] {
  return [];
}
export function scenarioOf(_request: DetailRequest): DetailView["scenario"] {
  return null;
}
export function isolatedOf(_request: DetailRequest): DetailView["isolated"] {
  return null;
}
