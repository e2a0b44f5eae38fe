import { assertEquals } from "@std/assert";
import type { FileRegion, Poured, PourTarget } from "../contract/pour.ts";
import type { PartCopy } from "./part_copy.ts";
import { canPour, pouredChunk, pourPart } from "./pour_part.ts";

const PART = 100;
const region: FileRegion = { path: "/f", identity: { dev: 1, ino: 2 }, offset: 1_000, length: PART };

interface Told {
  readonly index: number;
  readonly to: PourTarget["to"];
  readonly names: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** A copy whose writer has a place for each part, and what was asked of its read. */
function copyOf(own: { writer?: object; read?: object; options?: PartCopy["options"] } = {}) {
  const told: Told[] = [];
  const filled: Poured[] = [];
  const ended = new AbortController();
  let appended = 0;
  const copy = {
    from: { readHints: { chunkSize: 50 } },
    read: {
      range: { offset: 0, length: 1_000 },
      ordered: undefined,
      append: () => appended++,
      pour: (index: number, to: FileRegion, names: readonly string[], signal: AbortSignal | undefined) => {
        told.push({ index, to, names, signal });
        const sums = Object.fromEntries(names.map((name) => [name, "AAAAAA=="]));
        return Promise.resolve({ bytes: to.length, sums, writingMs: 3 });
      },
      ...own.read,
    },
    writer: {
      partSize: PART,
      ordered: false,
      fillPart: async (_: number, fill: (...all: unknown[]) => Promise<Poured>) => {
        filled.push(await fill(region, ["crc32c"], ended.signal));
      },
      ...own.writer,
    },
    options: own.options ?? {},
  } as unknown as PartCopy;
  return { copy, ended, filled, told };
}

Deno.test("canPour() wants places for parts, nobody who needs them in order, and parts of whole requests", () => {
  const cases = [
    [{}, true],
    [{ writer: { fillPart: undefined } }, false],
    [{ writer: { ordered: true } }, false],
    [{ read: { ordered: {} } }, false],
    [{ writer: { partSize: 49 } }, false],
    [{ writer: { partSize: 49 }, read: { range: { offset: 0, length: 49 } } }, true],
    [{ options: { chunkSize: 101 } }, false],
    [{ options: { chunkSize: 100 } }, true],
  ] as const;
  for (const [own, can] of cases) assertEquals([own, canPour(copyOf(own).copy)], [own, can]);
});

Deno.test("pouredChunk() is a request for each part, unless the caller wants smaller ones", () => {
  const sizes = ([undefined, "auto", 40, 400] as const).map((chunkSize) =>
    pouredChunk(copyOf({ options: chunkSize === undefined ? {} : { chunkSize } }).copy)
  );
  assertEquals(sizes, [PART, PART, 40, PART]);
});

Deno.test("pourPart() pours each chunk into its place in the part, and sums up what it took", async () => {
  const { copy, filled, told } = copyOf();
  const chunks = [{ offset: 200, length: 60 }, { offset: 260, length: 40 }];
  await pourPart(copy, chunks, new AbortController().signal);
  assertEquals(told.map(({ index, to }) => [index, to]), [
    [0, { ...region, offset: 1_000, length: 60 }],
    [1, { ...region, offset: 1_060, length: 40 }],
  ]);
  assertEquals(filled.map(({ bytes, writingMs }) => [bytes, writingMs]), [[100, 6]]);
  assertEquals(Object.keys(filled[0]?.sums ?? {}), ["crc32c"]);
});

Deno.test("pourPart() ends with the copy, and with the writer", async () => {
  for (const who of ["copy", "writer"]) {
    const { copy, ended, told } = copyOf();
    const stop = new AbortController();
    await pourPart(copy, [{ offset: 0, length: PART }], stop.signal);
    const reason = new Error(who);
    (who === "copy" ? stop : ended).abort(reason);
    assertEquals([told[0]?.signal?.aborted, told[0]?.signal?.reason], [true, reason]);
  }
});

Deno.test("pourPart() computes the checksum that is wanted of parts beside those of the writer, each once", async () => {
  for (const [algorithm, names] of [["crc32", ["crc32c", "crc32"]], ["crc32c", ["crc32c"]]] as const) {
    const { copy, told } = copyOf();
    const sums: unknown[] = [];
    const partSum = { algorithm, onPart: (...all: unknown[]) => void sums.push(all) };
    await pourPart({ ...copy, partSum }, [{ offset: 300, length: PART }], new AbortController().signal);
    assertEquals(told[0]?.names, names);
    assertEquals(sums, [[3, "AAAAAA=="]]);
  }
});
