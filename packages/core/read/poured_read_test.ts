import { assertEquals } from "@std/assert";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { GetResult } from "../contract/get_result.ts";
import type { GetOptions } from "../contract/types.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { ObjectRead } from "./object_read.ts";

const DATA = Uint8Array.from({ length: 100 }, (_, index) => index * 7);

/** Remembers how many bytes each request said are still to be poured. */
class Hinted extends MemoryStore {
  readonly pours: (number | undefined)[] = [];

  override get(key: string, options: GetOptions = {}): Promise<GetResult> {
    this.pours.push(options.pours);
    return super.get(key, options);
  }
}

async function openRead() {
  const store = new Hinted();
  await store.put("k", DATA);
  const read = await ObjectRead.open(store, "k", { chunkSize: 40, checksum: "crc32c" });
  const memory = new Uint8Array(new SharedArrayBuffer(DATA.length));
  const pour = (index: number) => {
    const { length = 0, offset = 0 } = read.chunkAt(index) ?? {};
    return read.pour(index, memory.subarray(offset, offset + length), [], undefined);
  };
  return { memory, pour, read, store };
}

Deno.test("ObjectRead.pour() tells the store how much is still to be poured, and checks all of it", async () => {
  const { memory, pour, read, store } = await openRead();
  for (const index of [0, 1, 2]) await pour(index);
  assertEquals(store.pours.slice(1), [60, 20]);
  assertEquals(memory.slice(), DATA);
  assertEquals((await read.finish()).checksums.crc32c, crc32cToBase64(crc32c(DATA)));
  assertEquals(store.limits.read.inFlight, 0);
});
