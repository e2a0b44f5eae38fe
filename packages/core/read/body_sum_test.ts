import { assertEquals, assertRejects } from "@std/assert";
import { Crc32c } from "@lade/codec/checksum";
import type { GetResult } from "../contract/get_result.ts";
import { bytesAtHand } from "../contract/seams.ts";
import type { GetOptions } from "../contract/types.ts";
import { createStoreContext } from "../context/store_context.ts";
import { ChecksumMismatchError, UnavailableError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { createGetResult } from "./create_get_result.ts";
import { readInto } from "./read_into.ts";
import { resolveRange } from "./resolve_range.ts";
import { FakeClock } from "@lade/testing";

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i * 7);
const CRC32C = new Crc32c().update(BYTES).toBase64();

interface Given {
  /** What the answer of the whole object takes of its bytes; it takes none where absent. */
  readonly sum?: string;
  /** Where the first answer breaks off. */
  readonly breaksAt?: number;
  /** The bytes that are given out. */
  readonly bytes?: Uint8Array;
}

/** Tells the checksum of `BYTES`, whatever it gives out. */
class SummingStore extends MemoryStore {
  asked = 0;
  readonly #given: Given;

  constructor(given: Given) {
    super({ context: createStoreContext({ clock: new FakeClock(), random: () => 0 }) });
    this.#given = given;
  }

  override [bytesAtHand](): undefined {
    return undefined;
  }

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const { sum, bytes = BYTES } = this.#given;
    const breaksAt = this.asked++ === 0 ? this.#given.breaksAt : undefined;
    const info = { ...await super.head(key), checksums: { crc32c: CRC32C } };
    const uri = "memory://memory/k";
    const range = resolveRange(options.range, info.size, uri);
    const end = range.offset + range.length;
    let at = range.offset;
    const isAll = range.length === info.size;
    return createGetResult({
      info,
      range,
      sum: isAll && sum !== undefined ? { algorithm: "crc32c", value: sum } : undefined,
      source: {
        read(target) {
          if (at === breaksAt) throw new UnavailableError({ operation: "get", uri, detail: "it broke off" });
          const piece = bytes.subarray(at, Math.min(breaksAt ?? end, end, at + target.length, at + 33));
          target.set(piece);
          at += piece.length;
          return piece.length;
        },
        close() {},
      },
      uri,
    });
  }
}

async function read(given: Given, checksum: "auto" | "crc32c" = "auto") {
  const store = new SummingStore(given);
  await store.put("k", BYTES);
  const target = new Uint8Array(BYTES.length);
  const { verified, checksums } = await readInto(store, "k", target, { checksum });
  return { verified, checksums, target, asked: store.asked };
}

const OTHER = BYTES.with(20, 1);
const WRONG = "AAAAAA==";

Deno.test("what an answer takes of the whole object is compared, and not computed again", async () => {
  for (const checksum of ["auto", "crc32c"] as const) {
    const { verified, checksums } = await read({ sum: CRC32C, bytes: OTHER }, checksum);
    assertEquals({ verified, checksums }, { verified: true, checksums: { crc32c: CRC32C } });
    await assertRejects(() => read({ sum: WRONG }, checksum), ChecksumMismatchError, WRONG);
  }
});

Deno.test("bytes that nothing was taken of are computed", async () => {
  assertEquals((await read({})).verified, true);
  await assertRejects(() => read({ bytes: OTHER }), ChecksumMismatchError);
});

Deno.test("what came before an answer broke off is computed with what comes by the next", async () => {
  for (const breaksAt of [0, 1, 33, 50, 99]) {
    const { verified, target, asked } = await read({ sum: WRONG, breaksAt });
    assertEquals({ verified, target, asked }, { verified: true, target: BYTES, asked: 2 });
    if (breaksAt > 20) {
      await assertRejects(() => read({ sum: CRC32C, breaksAt, bytes: OTHER }), ChecksumMismatchError);
    }
  }
});
