import { AlreadyExistsError, InvalidNameError } from "@lade/core";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { openFileStore } from "../mod.ts";
import { bytes } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";

/** Runs `work` as on a file system without hard links, such as FAT: the system's answer there is EPERM. */
async function withoutLinks(work: () => Promise<void>): Promise<void> {
  const { link, linkSync } = Deno;
  const refuse = (): never => {
    throw Object.assign(new Error("Operation not permitted (os error 1)"), { code: "EPERM" });
  };
  Deno.link = async () => refuse();
  Deno.linkSync = refuse;
  try {
    await work();
  } finally {
    Object.assign(Deno, { link, linkSync });
  }
}

Deno.test('put() with ifNoneMatch "*" lets one creator win where there are no hard links', async () => {
  await using root = await makeRoot();
  await withoutLinks(async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openFileStore(root.path)));
    const puts = stores.map((store, i) => store.put("a", bytes(`${i}`), { ifNoneMatch: "*" }));
    const results = await Promise.allSettled(puts);
    const winners = results.flatMap((result, i) => result.status === "fulfilled" ? [`${i}`] : []);
    assertEquals(winners, [Deno.readTextFileSync(root.file("a"))]);
    for (const result of results) {
      if (result.status === "rejected") assertInstanceOf(result.reason, AlreadyExistsError);
    }
  });
  assertEquals(root.everything(), ["a"]);
});

Deno.test("put() takes over a claim that a killed process left, where there are no hard links", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path);
  await withoutLinks(async () => {
    await store.put("a", bytes("x"), { ifNoneMatch: "*" });
    // FNV-1a of "B": names that some file system takes for one have one claim.
    root.write(".lade-af63ff4c86022805-0~tmp", "");
    await store.put("b", bytes("x"), { ifNoneMatch: "*" });
    await assertRejects(() => store.put("b", bytes("y"), { ifNoneMatch: "*" }), AlreadyExistsError);
  });
  assertEquals(root.everything(), ["a", "b"]);
});

Deno.test("put() takes the name of a directory without objects, where there are no hard links", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path);
  Deno.mkdirSync(root.file("a/b"), { recursive: true });
  root.write("c/d", "x");
  await withoutLinks(async () => {
    await store.put("a", bytes("x"), { ifNoneMatch: "*" });
    await assertRejects(() => store.put("c", bytes("x"), { ifNoneMatch: "*" }), InvalidNameError);
  });
  assertEquals(root.everything(), ["a", "c/d"]);
});
