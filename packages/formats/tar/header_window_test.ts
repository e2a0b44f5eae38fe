import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { type HeldObject, holdAtHand, type HoldingStore } from "@lade/core/seams";
import { scanTar } from "./scan_tar.ts";
import { TarWriter } from "./tar_writer.ts";

/** Holds what it is given, as a store of files does. */
class HoldingMemory extends MemoryStore implements HoldingStore {
  bytes: Uint8Array = new Uint8Array(0);
  reads = 0;
  open = 0;
  isAtHand = true;
  isUnchanged = true;

  [holdAtHand](): HeldObject {
    this.open++;
    return {
      read: (offset, target) => {
        if (!this.isAtHand) return false;
        this.reads++;
        target.set(this.bytes.subarray(offset, offset + target.length));
        return true;
      },
      readLater: () => Promise.resolve(false),
      isUnchanged: () => this.isUnchanged,
      [Symbol.dispose]: () => void this.open--,
    };
  }
}

async function archive(): Promise<HoldingMemory> {
  const store = new HoldingMemory();
  await using writer = await TarWriter.create(store, "a.tar");
  for (let index = 0; index < 10; index++) await writer.add({ name: `${index}` }, new Uint8Array(100_000));
  await writer.close();
  store.bytes = (await getBytes(store, "a.tar")).bytes;
  return store;
}

Deno.test("scanTar(): headers come from an object that is held, where it is at hand", async () => {
  await using store = await archive();
  const names = async () => (await Array.fromAsync(scanTar(store, "a.tar"))).map(({ name }) => name);
  const expected = Array.from({ length: 10 }, (_, index) => `${index}`);
  assertEquals([await names(), store.reads, store.open], [expected, 10, 0]);
  store.isAtHand = false;
  assertEquals([await names(), store.reads, store.open], [expected, 10, 0]);
});

Deno.test("scanTar(): what changed while it was held is an error, and is closed", async () => {
  await using store = await archive();
  store.isUnchanged = false;
  await assertRejects(
    () => Array.fromAsync(scanTar(store, "a.tar")),
    PreconditionFailedError,
    "has changed while",
  );
  assertEquals(store.open, 0);
  store.isUnchanged = true;
  for await (const { name } of scanTar(store, "a.tar")) if (name === "3") break;
  assertEquals(store.open, 0);
});
