import { assertEquals } from "@std/assert";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import { RangeHedges } from "../concurrency/range_hedges.ts";
import { HedgeBudget } from "../concurrency/hedge_budget.ts";
import type { GetResult } from "../contract/get_result.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import type { GetOptions } from "../contract/types.ts";
import { createGetResult } from "./create_get_result.ts";
import { ObjectRead } from "./object_read.ts";
import { fetchChunks } from "./read_into.ts";

const SIZE = 4 * 2 ** 20;
const BYTES = Uint8Array.from({ length: SIZE }, (_, index) => index * 7 + (index >> 9));

/** Asks for the first range a second time at once. */
class EagerHedges extends RangeHedges {
  #hedged = false;

  override watch({ hedge }: Parameters<RangeHedges["watch"]>[0]): () => void {
    if (!this.#hedged) queueMicrotask(() => hedge({ settle() {} }));
    this.#hedged = true;
    return () => {};
  }
}

/** A store whose first answers stand still until they are given up, and then give `came` bytes more. */
class OvertakenStore extends MemoryStore {
  override readonly limits: MemoryStore["limits"] = hedged(this);
  readonly asked: (readonly [number, number])[] = [];
  readonly #came: number;
  readonly #second: (answer: GetResult) => Promise<GetResult>;

  constructor(came: number, second = (answer: GetResult) => Promise.resolve(answer)) {
    super();
    this.#came = came;
    this.#second = second;
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    const answer = await super.get(key, options);
    const { info, range } = answer;
    this.asked.push([range.offset, range.length]);
    if (this.asked.length === 2) return await this.#second(answer);
    if (this.asked.length > 2) return answer;
    await answer.cancel();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    return createGetResult({
      info,
      range,
      uri: "memory://m/k",
      signal: undefined,
      source: {
        read: async (target) => {
          await closed;
          target.set(BYTES.subarray(range.offset, range.offset + this.#came));
          return this.#came;
        },
        arrivals: () => ({ bytes: 0, waitedMs: 1 }),
        close: () => resolve(),
      },
    });
  }
}

/** The limits of a store that asks for the first range a second time. */
function hedged({ context: { clock } }: MemoryStore): MemoryStore["limits"] {
  return {
    read: new AdaptiveLimit({ clock, initial: 1, maximum: 4 }),
    hedges: new EagerHedges(new HedgeBudget(clock), clock),
  };
}

/** Reads the object of a store, and compares it. */
async function readAll(store: OvertakenStore): Promise<void> {
  await store.put("k", BYTES);
  const target = new Uint8Array(SIZE);
  const options = { checksum: "crc32c" } as const;
  const read = await ObjectRead.open(store, "k", options);
  await fetchChunks(store, read, target, options);
  const { checksums } = await read.finish();
  assertEquals(target, BYTES);
  assertEquals(store.limits.read.inFlight, 0);
  assertEquals(checksums.crc32c, crc32cToBase64(crc32c(BYTES)));
}

Deno.test("A chunk whose last bytes come as it is given up for a second answer is whole", async () => {
  const store = new OvertakenStore(SIZE);
  await readAll(store);
  assertEquals(store.asked, [[0, SIZE], [0, SIZE]]);
});

Deno.test("A chunk goes on with the second answer where the first one was given up", async () => {
  const store = new OvertakenStore(1_000_000);
  await readAll(store);
  assertEquals(store.asked, [[0, SIZE], [0, SIZE]]);
});

Deno.test("A chunk is asked for anew where the second answer fails after the first was given up for it", async () => {
  const fails = (answer: GetResult): Promise<GetResult> =>
    Promise.resolve(
      createGetResult({
        info: answer.info,
        range: answer.range,
        uri: "memory://m/k",
        signal: undefined,
        source: { read: () => Promise.reject(new Error("gone")), close() {} },
      }),
    );
  const store = new OvertakenStore(1_000_000, fails);
  await readAll(store);
  assertEquals(store.asked, [[0, SIZE], [0, SIZE], [1_000_000, SIZE - 1_000_000]]);
});
