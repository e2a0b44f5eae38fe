import type { ObjectMeta } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { CacheDatabase } from "./cache_database.ts";
import type { ChecksumCache, ComputedSums } from "./checksum_cache.ts";
import { makeRow } from "./cache_rows.ts";
import { cacheDirectory } from "../places/cache_directory.ts";
import { openChecksumCache } from "./open_checksum_cache.ts";
import { StoredCache } from "./stored_cache.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const SUMS = { crc32c: "mnG7TA==" };

class Directory implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "lade-cache-" });
  readonly notes: string[] = [];
  readonly clock = new FakeClock({ now: NOW });

  async open(): Promise<ChecksumCache> {
    const { clock } = this;
    const onNote = (text: string) => void this.notes.push(text.replaceAll(this.path, "DIR"));
    const cache = await openChecksumCache({ directory: this.path, clock, onNote });
    if (!cache) throw new Error(this.notes.join("\n"));
    return cache;
  }

  get file(): string {
    return `${this.path}/checksums-1.db`;
  }

  sql(text: string): Record<string, unknown>[] {
    const database = new DatabaseSync(this.file);
    try {
      return database.prepare(text).all();
    } finally {
      database.close();
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function metaOf(etag: string | undefined, size = 5, lastModified = new Date(0)): ObjectMeta {
  return { key: "k", size, lastModified, ...(etag !== undefined && { etag }) };
}

function computed(uri: string, etag: string, changes: Partial<ComputedSums> = {}): ComputedSums {
  return { uri, meta: metaOf(etag), checksums: SUMS, sinceMs: NOW, ...changes };
}

Deno.test("the checksum cache believes nothing of a file whose status has changed since, and no longer calls that a change", async () => {
  using directory = new Directory();
  const at = (second: number) => ({ ...metaOf("1"), statusChanged: new Date(second * 1000) });
  using cache = await directory.open();
  cache.remember(computed("file:///a", "1", { meta: at(1) }));
  cache.remember(computed("file:///b", "1", { meta: at(1) }));
  cache.remember(computed("file:///b", "1", { meta: at(2), checksums: { md5: "XUFAKrxLKna5cZ2REBfFkg==" } }));
  cache[Symbol.dispose]();
  using again = await directory.open();
  const reader = again.reader();
  assertEquals(reader.find("file:///a", at(1)), { ...SUMS, status: "1" });
  assertEquals(reader.find("file:///a", at(2)), "touched");
  assertEquals(reader.find("file:///a", metaOf("1")), "touched");
  assertEquals(reader.find("file:///b", at(2)), { md5: "XUFAKrxLKna5cZ2REBfFkg==", status: "2" });
});

Deno.test("the checksum cache remembers by URI and identity, over processes, and says what has changed", async () => {
  using directory = new Directory();
  {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1"));
    cache.remember(computed("s3://b/ü 🙀", "2"));
  }
  using cache = await directory.open();
  const reader = cache.reader();
  assertEquals(reader.find("file:///a", metaOf("1")), SUMS);
  assertEquals(reader.find("direct:///a", metaOf("1")), SUMS);
  assertEquals(reader.find("s3://b/ü 🙀", metaOf("2")), SUMS);
  assertEquals(reader.find("file:///a", metaOf("2")), "changed");
  assertEquals(reader.find("file:///a", metaOf("1", 6)), "changed");
  assertEquals(reader.find("file:///a", metaOf(undefined)), "changed");
  assertEquals(reader.find("file:///b", metaOf("1")), undefined);
  assertEquals(directory.notes, []);
});

Deno.test("the checksum cache keeps all checksums of one content, and none of the one before", async () => {
  using directory = new Directory();
  const md5 = { md5: "XUFAKrxLKna5cZ2REBfFkg==" };
  for (const checksums of [SUMS, md5]) {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1", { checksums }));
    cache.remember(computed("file:///b", "1", { checksums }));
  }
  using cache = await directory.open();
  assertEquals(cache.reader().find("file:///a", metaOf("1")), { ...SUMS, ...md5 });
  cache.remember(computed("file:///b", "2", { checksums: SUMS }));
  cache[Symbol.dispose]();
  using again = await directory.open();
  assertEquals(again.reader().find("file:///b", metaOf("2")), SUMS);
});

Deno.test("the checksum cache remembers no file that was changed within two seconds before it was read", async () => {
  using directory = new Directory();
  {
    using cache = await directory.open();
    for (const age of [-1000, 0, 1999, 2000]) {
      const meta = metaOf("1", 5, new Date(NOW - age));
      cache.remember(computed(`file:///${age}`, "1", { meta }));
      cache.remember(computed(`s3://b/${age}`, "1", { meta }));
    }
  }
  const kept = directory.sql("select uri from objects order by uri").map(({ uri }) => uri);
  assertEquals(kept, ["file:///2000", "s3://b/-1000", "s3://b/0", "s3://b/1999", "s3://b/2000"]);
});

Deno.test("a file that was changed right before it was read is not remembered, and no longer called changed", async () => {
  using directory = new Directory();
  const now = metaOf("2", 5, new Date(NOW));
  {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1"));
  }
  {
    using cache = await directory.open();
    assertEquals(cache.reader().find("file:///a", now), "changed");
    cache.remember(computed("file:///a", "2", { meta: now }));
  }
  using cache = await directory.open();
  const reader = cache.reader();
  assertEquals(reader.find("file:///a", now), {});
  assertEquals(reader.find("file:///a", metaOf("1")), "changed");
  cache.remember(computed("file:///a", "2", { meta: now, sinceMs: NOW + 2000 }));
  cache[Symbol.dispose]();
  using again = await directory.open();
  assertEquals(again.reader().find("file:///a", now), SUMS);
});

Deno.test("the checksum cache does not remember what no other process sees, and nothing without an identity", async () => {
  using directory = new Directory();
  {
    using cache = await directory.open();
    cache.remember(computed("memory://m/a", "1"));
    cache.remember(computed("s3://b/\ud800", "1"));
    cache.remember(computed("s3://b/a", "1", { meta: metaOf(undefined) }));
    cache.remember(computed("s3://b/a", "1", { checksums: {} }));
  }
  assertEquals(directory.sql("select * from objects"), []);
});

Deno.test("the checksum cache does not believe a row that is not as it was written", async () => {
  for (
    const [column, value] of [["sums", "'crc32c:AAAAAA=='"], ["identity", "'5 2'"], ["uri", "'file:///x'"]]
  ) {
    using directory = new Directory();
    {
      using cache = await directory.open();
      cache.remember(computed("file:///a", "1"));
    }
    directory.sql(`update objects set ${column} = ${value}`);
    using cache = await directory.open();
    const reader = cache.reader();
    const found = [["file:///a", "1"], ["file:///a", "2"], ["file:///x", "1"]] as const;
    assertEquals(found.map(([uri, etag]) => reader.find(uri, metaOf(etag))), [
      undefined,
      undefined,
      undefined,
    ]);
  }
});

Deno.test("the checksum cache adds nothing to a row that is not as it was written, and keeps none of it", async () => {
  using directory = new Directory();
  {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1"));
  }
  directory.sql("update objects set sums = 'crc32c:AAAAAA=='");
  const md5 = { md5: "XUFAKrxLKna5cZ2REBfFkg==" };
  {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1", { checksums: md5 }));
  }
  using cache = await directory.open();
  assertEquals(cache.reader().find("file:///a", metaOf("1")), md5);
});

Deno.test("the checksum cache begins anew once, and only where the database is damaged", () => {
  const fault = { full: "disk is full", damaged: "file is not a database" };
  const begun = (...messages: readonly string[]) => {
    const [notes, left] = [[] as string[], [...messages]];
    let aside = 0;
    const cache = new StoredCache({
      open: () => {
        throw new Error(left.shift() ?? "asked too often");
      },
      setAside: () => void aside++,
      clock: new FakeClock(),
      onNote: (text) => notes.push(text),
    });
    return [cache.isUsed, aside, notes, left.length];
  };
  assertEquals(begun(fault.full, "more"), [false, 0, ["no checksum cache is used: disk is full"], 1]);
  assertEquals(begun(fault.damaged, fault.damaged, "more"), [
    false,
    1,
    ["no checksum cache is used: file is not a database"],
    1,
  ]);
});

Deno.test("the checksum cache sets one database aside at most", () => {
  const notes: string[] = [];
  let [opened, aside] = [0, 0];
  const damaged = {
    prepare: () => {},
    from: () => {
      throw new Error("file is not a database");
    },
    close: () => {},
  } as unknown as CacheDatabase;
  const cache = new StoredCache({
    open: () => (opened++, damaged),
    setAside: () => void aside++,
    clock: new FakeClock(),
    onNote: (text) => notes.push(text),
  });
  for (let time = 0; time < 4; time++) cache.reader().find("file:///a", metaOf("1"));
  assertEquals([opened, aside, cache.isUsed, notes.length], [2, 1, false, 2]);
});

Deno.test("the checksum cache sets a damaged database aside, with a note, and begins anew", async () => {
  using directory = new Directory();
  Deno.writeTextFileSync(directory.file, "no database".repeat(1000));
  Deno.writeTextFileSync(`${directory.file}-journal`, "of the damaged one");
  {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1"));
  }
  const [note = ""] = directory.notes;
  assertEquals(
    note,
    "the checksum cache is damaged (file is not a database), was set aside and is begun anew",
  );
  assertEquals(Array.from(Deno.readDirSync(directory.path), ({ name }) => name).sort(), [
    "checksums-1.db",
    "checksums-1.db.damaged",
  ]);
  using cache = await directory.open();
  assertEquals(cache.reader().find("file:///a", metaOf("1")), SUMS);
});

Deno.test("the checksum cache survives pages that are overwritten while it is used", async () => {
  using directory = new Directory();
  {
    using cache = await directory.open();
    for (let i = 0; i < 3000; i++) cache.remember(computed(`file:///${i}`, "1"));
  }
  const file = Deno.openSync(directory.file, { write: true });
  file.seekSync(4096, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(40 * 4096).fill(0x5a));
  file.close();
  using cache = await directory.open();
  const reader = cache.reader();
  for (let i = 0; i < 3000; i++) {
    const found = reader.find(`file:///${i}`, metaOf("1"));
    if (found !== undefined) assertEquals(found, SUMS);
  }
  cache.remember(computed("file:///a", "1"));
  cache[Symbol.dispose]();
  assertEquals(directory.notes, [
    "the checksum cache is damaged (database disk image is malformed), was set aside and is begun anew",
  ]);
  using again = await directory.open();
  assertEquals(again.reader().find("file:///a", metaOf("1")), SUMS);
});

Deno.test("the checksum cache is not used where its directory cannot be made", async () => {
  using directory = new Directory();
  Deno.writeTextFileSync(`${directory.path}/file`, "");
  const notes: string[] = [];
  const onNote = (text: string) => void notes.push(text);
  assertEquals(await openChecksumCache({ directory: `${directory.path}/file/x`, onNote }), undefined);
  assertEquals(notes.length, 1);
  assertEquals(notes[0]?.startsWith("no checksum cache is used: "), true, notes[0]);
});

Deno.test("two caches of one directory write in turns, and lose nothing", async () => {
  using directory = new Directory();
  {
    using a = await directory.open();
    using b = await directory.open();
    for (let i = 0; i < 4000; i++) (i % 2 ? a : b).remember(computed(`file:///${i}`, "1"));
  }
  assertEquals(directory.sql("select count(*) as rows from objects"), [{ __proto__: null, rows: 4000 }]);
  assertEquals(directory.notes, []);
});

Deno.test("what waits for another process is written when that is done", async () => {
  using directory = new Directory();
  using cache = await directory.open();
  const other = new DatabaseSync(directory.file);
  other.exec("begin immediate");
  for (let i = 0; i < 1024; i++) cache.remember(computed(`file:///${i}`, "1"));
  assertEquals(directory.sql("select count(*) as rows from objects"), [{ __proto__: null, rows: 0 }]);
  other.exec("rollback");
  other.close();
  cache[Symbol.dispose]();
  assertEquals(directory.sql("select count(*) as rows from objects"), [{ __proto__: null, rows: 1024 }]);
});

Deno.test("lookups in any order find the same as in that of the keys", async () => {
  using directory = new Directory();
  const keys = Array.from(
    { length: 2000 },
    (_, i) => `s3://b/${String(i * 7919 % 10007)}${i % 3 ? "" : "🙀\uffff"}`,
  );
  {
    using cache = await directory.open();
    for (const [i, key] of keys.entries()) if (i % 4) cache.remember(computed(key, `${i}`));
  }
  using cache = await directory.open();
  for (const order of [keys, keys.toSorted(), keys.toReversed()]) {
    const reader = cache.reader();
    for (const key of order) {
      const i = keys.indexOf(key);
      assertEquals(reader.find(key, metaOf(`${i}`)), i % 4 ? SUMS : undefined);
    }
  }
});

Deno.test("CacheDatabase removes what was not used for long, and of too much the oldest, once a day", () => {
  const database = new CacheDatabase(new DatabaseSync(":memory:"));
  const rows = Array.from(
    { length: 10 },
    (_, i) => makeRow(`file:///${i}`, "1", "s", i < 2 ? 100 : 1000 + i),
  );
  database.write(rows, [], 0, (row) => row);
  const left = () => database.from("", 99).map(({ uri }) => uri.slice(-1)).join("");
  database.prune(1020, 5);
  assertEquals(left(), "56789");
  database.prune(1020, 1);
  assertEquals(left(), "56789");
  database.write([], ["file:///5"], 1021, (row) => row);
  database.prune(1021, 1);
  assertEquals(left(), "5");
  database.close();
});

Deno.test("rows that are used after a week are kept for longer", async () => {
  using directory = new Directory();
  const day = () => directory.sql("select used from objects").map(({ used }) => used);
  const use = async () => {
    using cache = await directory.open();
    cache.reader().find("file:///a", metaOf("1"));
  };
  {
    using cache = await directory.open();
    cache.remember(computed("file:///a", "1"));
  }
  const [first] = day() as [number];
  await directory.clock.advance(7 * 86_400_000);
  await use();
  assertEquals(day(), [first]);
  await directory.clock.advance(86_400_000);
  await use();
  assertEquals(day(), [first + 8]);
});

Deno.test("the directory of the checksum cache follows from variables", () => {
  const of = (variables: Record<string, string>) => cacheDirectory((name) => variables[name]);
  assertEquals(of({ LADE_CACHE_DIR: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }), "/c");
  assertEquals(of({ LADE_CACHE_DIR: "", XDG_CACHE_HOME: "/x", HOME: "/h" }), "/x/lade");
  assertEquals(of({ XDG_CACHE_HOME: "x", HOME: "/h" }), "/h/.cache/lade");
  assertEquals(of({}), undefined);
});
