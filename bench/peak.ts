/** Chains of multiplications and additions that fill the units: what one takes to finish, the others are busy for. */
const CHAINS = 12;
/** Two lanes of a multiplication and an addition each. */
const FLOPS = 4 * CHAINS;

const names = Array.from({ length: CHAINS }, (_, i) => `x${i}`);

/** A loop that touches nothing but registers; the result depends on every operation, so that none may be left out. */
const source = `export function chains(rounds: i32, factor: f64, term: f64): f64 {
  const a = f64x2.splat(factor);
  const b = f64x2.splat(term);
  ${names.map((name, i) => `let ${name} = f64x2.splat(term + ${i});`).join("\n  ")}
  for (let i = 0; i < rounds; i++) {
    ${names.map((name) => `${name} = f64x2.add(f64x2.mul(${name}, a), b);`).join("\n    ")}
  }
  return ${names.map((name) => `f64x2.extract_lane(${name}, 0) + f64x2.extract_lane(${name}, 1)`).join(" + ")};
}`;

/**
 * The most that plain SIMD of WebAssembly can multiply and add on this machine: a function that does so many operations on
 * 128-bit registers, half multiplications and half additions. Compiled from AssemblyScript here and now.
 */
export async function peak(): Promise<(operations: number) => number> {
  const { default: asc } = await import("assemblyscript/asc");
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "peak.ts",
      "--outFile",
      "peak.wasm",
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--use",
      "abort=",
      "--enable",
      "simd",
    ],
    {
      readFile: (name: string) => (name === "peak.ts" ? source : null),
      writeFile: (name: string, contents: unknown) => {
        if (name === "peak.wasm" && contents instanceof Uint8Array) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || binary === undefined) throw new Error(`the probe of the peak does not compile: ${stderr}`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary.slice()));
  const chains = exports.chains as (rounds: number, factor: number, term: number) => number;
  return (operations) => chains(Math.round(operations / FLOPS), 0.5, 1.5);
}
