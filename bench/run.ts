import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { BenchCase } from "./case.js";
import { footprint } from "./footprint.js";
import { compare, measure, median, type Row } from "./measure.js";

export { native } from "./native/native.js";

export interface Options {
  /** ids, or beginnings of them up to a dot, with commas between */
  readonly only?: string | undefined;
  /** where to write the rows */
  readonly json?: string | undefined;
  /** compare results only, time nothing */
  readonly smoke?: boolean | undefined;
}

/** Run the cases, print a table, return how many did not agree or failed. */
export async function main(all: readonly BenchCase[], { only, json, smoke }: Options): Promise<number> {
  const wanted = only?.split(",");
  const isWanted = (id: string) => wanted?.some((one) => id === one || id.startsWith(`${one}.`)) ?? true;
  for (const one of wanted ?? []) {
    if (all.some(({ id }) => id === one || id.startsWith(`${one}.`))) continue;
    throw new Error(`--only must be ids of bench/README.md, or beginnings of them, got ${one}`);
  }
  const cases = all.filter(({ id }) => isWanted(id));
  console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus()[0]?.model ?? "unknown CPU"}`);
  const width = Math.max(...cases.map(({ id }) => id.length));
  if (!smoke)
    console.log(`${"id".padEnd(width)}  ${"ours".padStart(10)}  ${"peer".padStart(10)}   ratio  spread  work`);
  const rows: Row[] = [];
  let failed = 0;
  for (const benchCase of cases) {
    try {
      if (smoke) {
        await compare(benchCase);
        console.log(`${benchCase.id.padEnd(width)}  agrees`);
      } else {
        const row = await measure(benchCase);
        rows.push(row);
        console.log(line(row, width));
      }
    } catch (error) {
      failed++;
      console.error(`${benchCase.id.padEnd(width)}  ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (only === undefined) console.log(footprint());
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  if (smoke) console.log(`${cases.length - failed} passed, ${failed} failed`);
  return failed;
}

/** One row of the same id from several processes: medians, and the spread of the ratio over them. */
export function merged(runs: readonly (readonly Row[])[]): Row[] {
  return (runs[0] ?? []).map((row) => {
    const same = runs.flatMap((run) => run.filter(({ id }) => id === row.id));
    const ratios = same.map(({ ratio }) => ratio);
    const ratio = median(ratios);
    return {
      ...row,
      subjectMedianNs: median(same.map(({ subjectMedianNs }) => subjectMedianNs)),
      peerMedianNs: median(same.map(({ peerMedianNs }) => peerMedianNs)),
      ratio,
      spread: (Math.max(...ratios) - Math.min(...ratios)) / ratio,
    };
  });
}

/** Print the merged rows of several processes of one Node, and write them where asked for. */
export function report(version: string, runs: readonly (readonly Row[])[], json?: string): void {
  const rows = merged(runs);
  const width = Math.max(...rows.map(({ id }) => id.length));
  console.log(`Node ${version}, medians of ${runs.length} processes; the spread is that of the ratio over them`);
  for (const row of rows) console.log(line(row, width));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
}

function line({ id, work, subject, peer, subjectMedianNs, peerMedianNs, ratio, spread }: Row, width: number): string {
  const times = `${time(subjectMedianNs)}  ${time(peerMedianNs)}`;
  const share = `${ratio.toPrecision(3).padStart(6)}x  ${`${(100 * spread).toFixed(0)} %`.padStart(6)}`;
  return `${id.padEnd(width)}  ${times}  ${share}  ${work}: ${subject} against ${peer}`;
}

function time(ns: number): string {
  const [value, unit] = ns < 1e3 ? [ns, "ns"] : ns < 1e6 ? [ns / 1e3, "us"] : [ns / 1e6, "ms"];
  return `${value.toPrecision(3)} ${unit}`.padStart(10);
}
