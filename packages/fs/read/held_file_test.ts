import { assert, assertEquals, assertThrows } from "@std/assert";
import { createStoreContext, PreconditionFailedError } from "@lade/core";
import { holdObject } from "@lade/core/seams";
import { FakeClock } from "@lade/testing";
import { openDirectStore, openFileStore } from "../mod.ts";
import { makeRoot } from "../testing/make_root.ts";

/** Time stands still, so that no read is too slow to be made at once. */
const context = () => createStoreContext({ clock: new FakeClock() });
const BYTES = Uint8Array.from({ length: 5000 }, (_, index) => index * 7);

Deno.test("a file that is held is read at any place, and tells whether it was written to", async () => {
  await using root = await makeRoot();
  root.write("a", BYTES);
  await using store = await openFileStore(root.path, { context: context() });
  using held = holdObject(store, "a");
  assert(held);
  const target = new Uint8Array(100);
  for (const offset of [4900, 0, 123]) {
    assert(held.read(offset, target));
    assertEquals(target, BYTES.slice(offset, offset + 100));
  }
  assert(!held.read(4950, target));
  for (const offset of [0, 100, 4900]) {
    assert(await held.readLater(offset, target));
    assertEquals(target, BYTES.slice(offset, offset + 100));
  }
  assert(!await held.readLater(4950, target));
  assert(held.read(200, target) && held.read(300, target));
  assertEquals(target, BYTES.slice(300, 400));
  assert(held.isUnchanged());
  root.write("b", BYTES.toReversed());
  Deno.renameSync(root.file("b"), root.file("a"));
  assert(held.read(0, target));
  assertEquals(target, BYTES.slice(0, 100));
  const file = Deno.openSync(root.file("a"), { write: true });
  using other = holdObject(store, "a");
  file.writeSync(new Uint8Array(6000));
  file.close();
  assertEquals(other?.isUnchanged(), false);
});

Deno.test("a file is held only where it is the one that is meant, and may be read", async () => {
  await using root = await makeRoot();
  root.write("a", BYTES);
  await using store = await openFileStore(root.path, { context: context() });
  const { etag } = await store.head("a");
  using held = holdObject(store, "a", etag === undefined ? {} : { ifMatch: etag });
  assert(held);
  assertThrows(() => holdObject(store, "a", { ifMatch: "another" }), PreconditionFailedError);
  Deno.mkdirSync(root.file("d"));
  assertEquals(holdObject(store, "d"), undefined);
  Deno.symlinkSync(root.file("a"), root.file("link"));
  assertEquals(holdObject(store, "link"), undefined);
  await using direct = await openDirectStore(root.path);
  assertEquals(holdObject(direct, "a"), undefined);
});
