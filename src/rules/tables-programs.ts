import { InvalidInputError } from "../errors.js";
import { ATOMS } from "./names.js";
import type { Atom, Combiner, ComposedRule } from "./rule.js";

/** Atoms that are 0 in a pool without contracts, orders and requirements on loans. */
const OF_CONTRACTS: readonly Atom[] = ["positions", "borrowing", "orders", "notional", "rewards"];

/** Operations of assembly/rules/combine.ts. */
const OPERATIONS = { number: 0, atom: 1, max: 2, min: 3, sum: 4, scale: 5, held: 6 } as const;
/** Depth of the kernel's stack. */
const DEPTH = 64;

export interface Program {
  readonly steps: number;
  readonly bytes: Uint8Array;
}

/**
 * A combiner in postfix order, 16 bytes a step.
 *
 * @throws InvalidInputError   it nests deeper than 64 numbers
 */
export function programOf(combiner: Combiner, rule: string): Program {
  const steps: [number, number, number][] = [];
  const emit = (node: Combiner, depth: number): void => {
    if (depth > DEPTH)
      throw new InvalidInputError(`rule ${rule}: requirement`, "of at most 64 numbers at a time", depth);
    switch (node.kind) {
      case "number":
        steps.push([OPERATIONS.number, 0, node.value]);
        break;
      case "atom":
        steps.push([OPERATIONS.atom, ATOMS.indexOf(node.name), 0]);
        break;
      case "scale":
        emit(node.of, depth);
        steps.push([OPERATIONS.scale, 0, node.by]);
        break;
      case "held":
        emit(node.of, depth);
        steps.push([OPERATIONS.held, 0, 0]);
        break;
      default:
        for (const [i, inner] of node.of.entries()) emit(inner, depth + i);
        steps.push([OPERATIONS[node.kind], node.of.length, 0]);
    }
  };
  emit(combiner, 1);
  const bytes = new Uint8Array(16 * steps.length);
  const view = new DataView(bytes.buffer);
  for (const [i, [operation, operand, number]] of steps.entries()) {
    view.setUint32(16 * i, operation, true);
    view.setUint32(16 * i + 4, operand, true);
    view.setFloat64(16 * i + 8, number, true);
  }
  return { steps: steps.length, bytes };
}

/** Whether a combiner gives 0 for every pool that has no contracts, orders and requirements on loans. */
export function isNothing(combiner: Combiner): boolean {
  return valueWithoutContracts(combiner) === 0;
}

/** Whether a combiner is the sum of positions, borrowing and orders, in any order. */
export function isSum(combiner: Combiner): boolean {
  if (combiner.kind !== "sum" || combiner.of.length !== 3) return false;
  const names = combiner.of.map((node) => (node.kind === "atom" ? node.name : ""));
  return (["positions", "borrowing", "orders"] as const).every((name) => names.includes(name));
}

/** Whether a combiner reads one of `atoms`. */
export function reads(node: Combiner, atoms: readonly Atom[]): boolean {
  switch (node.kind) {
    case "number":
      return false;
    case "atom":
      return atoms.includes(node.name);
    case "scale":
    case "held":
      return reads(node.of, atoms);
    default:
      return node.of.some((inner) => reads(inner, atoms));
  }
}

/** The value of a combiner for such a pool; NaN where it depends on what the pool holds. */
function valueWithoutContracts(node: Combiner): number {
  switch (node.kind) {
    case "number":
      return node.value;
    case "atom":
      return OF_CONTRACTS.includes(node.name) ? 0 : Number.NaN;
    case "scale":
      return node.by === 0 ? 0 : node.by * valueWithoutContracts(node.of);
    case "held":
      return 0;
    case "max":
      return Math.max(...node.of.map(valueWithoutContracts));
    case "min":
      return Math.min(...node.of.map(valueWithoutContracts));
    case "sum":
      return node.of.map(valueWithoutContracts).reduce((sum, x) => sum + x, 0);
  }
}

/** The names of states of all ladders, "ok" first: what a result's `state` counts in. */
export function statesOf(rules: readonly ComposedRule[]): readonly string[] {
  return [...new Set(["ok", ...rules.flatMap(({ ladder }) => ladder?.steps.map(({ name }) => name) ?? [])])];
}

/** The ladder of a rule, 16 bytes a step: measure and number of the state. */
export function ladderOf(rule: ComposedRule, states: readonly string[]): Program {
  const steps = rule.ladder?.steps ?? [];
  const bytes = new Uint8Array(16 * steps.length);
  const view = new DataView(bytes.buffer);
  for (const [i, { name, below }] of steps.entries()) {
    view.setFloat64(16 * i, below, true);
    view.setUint32(16 * i + 8, states.indexOf(name), true);
  }
  return { steps: steps.length, bytes };
}
