import { assertEquals, assertRejects } from "@std/assert";
import { type GetOptions, type GetResult, MemoryStore } from "@lade/core";
import { StoreError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import { ObjectSource } from "./object_source.ts";

/** A store without conditions, as a plain server is one. */
class ConditionlessStore extends ForwardingStore {
  override [bytesAtHand](): undefined {}

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const { ifMatch: _ifMatch, ...rest } = options;
    return await super.get(key, rest);
  }
}

Deno.test("ObjectSource: an object that became shorter where nothing tells its version is an error, never fewer bytes", async () => {
  const memory = new MemoryStore();
  const store = new ConditionlessStore(memory);
  const whole = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
  const opened = async () => {
    await memory.put("k", whole);
    const source = await ObjectSource.open(store, "k", { window: 100 });
    assertEquals(source.size, 1000);
    return source;
  };
  const reads: ((source: ObjectSource) => Promise<unknown>)[] = [
    (source) => source.read(200, 400),
    (source) => source.readInto(200, new Uint8Array(400)),
    (source) => source.readRanges([{ offset: 200, length: 400 }]),
    (source) => source.readRanges([{ offset: 150, length: 10 }, { offset: 550, length: 50 }]),
    (source) => Array.fromAsync(source.stream()),
    (source) => Array.fromAsync(source.stream({ offset: 300, end: 600 })),
  ];
  for (const read of reads) {
    await read(await opened());
    const source = await opened();
    await memory.put("k", whole.subarray(0, 500));
    await assertRejects(() => read(source), StoreError);
  }
});
