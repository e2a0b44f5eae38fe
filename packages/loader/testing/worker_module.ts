import type { SampleContext } from "../datasets/dataset.ts";

/** What workers make of samples in tests: its name says what it does with them. */
export default function told(sample: unknown, { index, epoch, random }: SampleContext): unknown {
  return { index, epoch, random: [random(), random(), random()], sample };
}

/** Bytes of the sample's memory, in memory of its own. */
export function doubled(sample: { readonly bytes: Uint8Array }): Uint8Array {
  return Uint8Array.from(sample.bytes, (byte) => byte * 2 % 256);
}

/** Fails at one sample. */
export function failsAtFive(sample: number): number {
  if (sample === 5) {
    throw Object.assign(new RangeError("too odd", { cause: new Error("five") }), { code: "ODD" });
  }
  return sample;
}

/** Ends its worker at one sample, in a way of its own each time. */
export function leavesAt(sample: readonly [number, string]): number {
  const [value, how] = sample;
  if (how === "close") self.close();
  if (how === "exit") Deno.exit(3);
  if (how === "timer") {
    setTimeout(() => {
      throw new RangeError("late");
    });
  }
  if (how === "promise") Promise.reject(new RangeError("nobody's"));
  return how === "" ? value : (undefined as never);
}

/** Puts numbers together. */
export function summed(
  samples: readonly number[],
  allocate: (bytes: number) => Uint8Array<ArrayBuffer>,
): Float64Array {
  const { buffer, byteOffset } = allocate(samples.length * 8);
  const all = new Float64Array(buffer, byteOffset, samples.length);
  all.set(samples);
  return all;
}

/** No function. */
export const notOne = 7;
