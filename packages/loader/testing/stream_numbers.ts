import type { StreamDataset } from "../datasets/dataset.ts";

/** What a part of {@linkcode streamNumbers} does beside yielding its numbers. */
export interface StreamNumbersOptions {
  /** Is thrown in place of a number, where it gives something. */
  readonly fault?: (part: number, record: number) => unknown;
  /** Is waited for before each number. */
  readonly before?: (part: number, record: number, signal: AbortSignal) => Promise<void> | undefined;
  /** Is told of each part that is opened, and of each that is left. */
  readonly onOpen?: (part: number, from: number) => void;
  readonly onLeave?: (part: number) => void;
  readonly window?: number;
}

/** A stream of as many numbers in each part as `counts` says: of part 2 these are 2000000, 2000001 and so on. */
export function streamNumbers(
  counts: readonly number[],
  { fault, before, onOpen, onLeave, window }: StreamNumbersOptions = {},
): StreamDataset<number> {
  return {
    uri: "memory://stream/",
    fingerprint: `numbers ${counts}`,
    parts: counts.length,
    ...(window !== undefined && { window }),
    async *open(part, from, { signal }) {
      onOpen?.(part, from);
      try {
        for (let record = from; record < (counts[part] ?? 0); record++) {
          await before?.(part, record, signal);
          signal.throwIfAborted();
          const cause = fault?.(part, record);
          if (cause !== undefined) throw cause;
          yield numberOf(part, record);
        }
      } finally {
        onLeave?.(part);
      }
    },
    locate: (part, record) => ({ uri: `memory://stream/${part}`, record }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The number that a part has at a place. */
export function numberOf(part: number, record: number): number {
  return part * 1_000_000 + record;
}

/** All numbers, in ascending order. */
export function allNumbers(counts: readonly number[]): number[] {
  return counts.flatMap((count, part) =>
    Array.from({ length: count }, (_, record) => numberOf(part, record))
  );
}
