import { getBytes, ServiceError, UnavailableError } from "@lade/core";
import { conformance } from "@lade/testing/conformance";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ObjectTable } from "./object_table.ts";
import { openSqliteStore } from "./sqlite_store.ts";

conformance("a store in a SQLite file", async () => {
  const directory = await Deno.makeTempDir();
  const store = openSqliteStore(`${directory}/objects.db`);
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}, Deno.test);

Deno.test("a SQLite file keeps its objects, and nothing of what was left unfinished", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/objects.db`;
    const large = new Uint8Array(3_000_000).map((_, i) => i);
    const store = openSqliteStore(path);
    await store.put("kept", large);
    await store[Symbol.asyncDispose]();
    let left: number;
    {
      using table = new ObjectTable(path);
      left = table.begin();
      table.write(left, 0, large);
    }
    using table = new ObjectTable(path);
    assertEquals(table.read(left, 0, new Uint8Array(10)), 0);
    await using again = openSqliteStore(path);
    assertEquals((await getBytes(again, "kept")).bytes, large);
    assertEquals((await Array.fromAsync(again.list())).map(({ key }) => key), ["kept"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("what SQLite refuses is an error of the contract", async () => {
  const directory = await Deno.makeTempDir();
  try {
    assertThrows(() => openSqliteStore(`${directory}/none/objects.db`), ServiceError, "unable to open");
    const path = `${directory}/objects.db`;
    await using store = openSqliteStore(path);
    await store.put("object", new Uint8Array(10));
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await assertRejects(() => store.put("object", new Uint8Array(20)), UnavailableError, "locked");
    other.exec("COMMIT");
    await store.put("object", new Uint8Array(30));
    assertEquals((await store.head("object")).size, 30);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
