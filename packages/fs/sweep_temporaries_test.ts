import { InvalidNameError, NotFoundError } from "@lade/core";
import { assertEquals, assertRejects } from "@std/assert";
import { openFileStore, sweepTemporaries } from "./mod.ts";
import { makeRoot } from "./testing/make_root.ts";
import { bytes } from "./testing/both_stores.ts";

const OLD = ".lade-00000000000000aa-1~tmp";
const NEW = ".lade-00000000000000bb-1~tmp";

async function leftovers(): ReturnType<typeof makeRoot> {
  const root = await makeRoot();
  const day = 86_400_000;
  for (const key of [OLD, `a/b/${OLD}`, `a/b/${NEW}`, "a/object", ".lade-no"]) root.write(key, "x");
  const past = new Date(Date.now() - 2 * day);
  for (const key of [OLD, `a/b/${OLD}`, "a/object", ".lade-no"]) Deno.utimeSync(root.file(key), past, past);
  return root;
}

Deno.test("sweepTemporaries() removes what nobody wrote to for a day, and nothing else", async () => {
  await using root = await leftovers();
  const swept = await Array.fromAsync(sweepTemporaries(await openFileStore(root.path)));
  assertEquals(swept.map(({ path }) => path).sort(), [root.file(OLD), root.file(`a/b/${OLD}`)].sort());
  assertEquals(swept.map(({ size }) => size), [1, 1]);
  assertEquals(root.everything(), [".lade-no", `a/b/${NEW}`, "a/object"]);
});

Deno.test("sweepTemporaries() only tells with dryRun", async () => {
  await using root = await leftovers();
  const swept = await Array.fromAsync(sweepTemporaries(root.path, { olderThanMs: 0, dryRun: true }));
  assertEquals(swept.length, 3);
  assertEquals(root.everything().length, 5);
});

Deno.test("sweepTemporaries() leaves a write alone that is going on", async () => {
  await using root = await leftovers();
  const store = await openFileStore(root.path);
  await using writer = await store.createWriter("object");
  await writer.write(bytes("x"));
  await Array.fromAsync(sweepTemporaries(store));
  await writer.close();
  assertEquals(root.everything().includes("object"), true);
});

Deno.test("sweepTemporaries() follows no links", async () => {
  await using root = await leftovers();
  await using other = await makeRoot();
  Deno.symlinkSync(root.path, other.file("link"));
  Deno.symlinkSync(root.file(OLD), other.file(OLD));
  assertEquals(await Array.fromAsync(sweepTemporaries(other.path, { olderThanMs: 0 })), []);
});

Deno.test("sweepTemporaries() refuses a missing or relative root, and ends with its signal", async () => {
  await using root = await leftovers();
  await assertRejects(() => Array.fromAsync(sweepTemporaries(root.file("missing"))), NotFoundError);
  await assertRejects(() => Array.fromAsync(sweepTemporaries("relative")), InvalidNameError);
  await assertRejects(() => Array.fromAsync(sweepTemporaries(root.path, { olderThanMs: -1 })), RangeError);
  const signal = AbortSignal.abort(new Error("stop"));
  await assertRejects(() => Array.fromAsync(sweepTemporaries(root.path, { signal })), Error, "stop");
});
