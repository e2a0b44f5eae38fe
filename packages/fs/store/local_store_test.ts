import {
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
  RangeNotSatisfiableError,
  ServiceError,
  StoreError,
  UnsupportedError,
} from "@lade/core";
import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";
import { openFiles } from "../testing/open_files.ts";

testBoth("get() of a missing file is a NotFoundError that names it", async ({ store }) => {
  const error = await assertRejects(() => store.get("a/b"), NotFoundError);
  assertEquals(error.message, `Cannot get "${store.uri}/a/b": no such object`);
});

testBoth("get() and head() of a directory say that it is one", async ({ root, store }) => {
  root.write("a/b", "x");
  for (const call of [() => store.get("a"), () => store.head("a")]) {
    assertStringIncludes((await assertRejects(call, NotFoundError)).message, "it is a directory");
  }
});

testBoth("get() below a file is a NotFoundError", async ({ root, store }) => {
  root.write("a", "x");
  await assertRejects(() => store.get("a/b"), NotFoundError);
  await assertRejects(() => store.head("a/b"), NotFoundError);
  await store.delete("a/b");
});

testBoth("get() of a pipe says so, and does not wait for a writer", async ({ root, store }) => {
  const { success } = await new Deno.Command("mkfifo", { args: [root.file("pipe")] }).output();
  assert(success);
  const error = await assertRejects(() => store.get("pipe"), NotFoundError);
  assertStringIncludes(error.message, "socket, pipe or device");
  await store.delete("pipe");
  assertEquals(root.everything(), ["pipe"], "what is no object is not deleted");
});

testBoth("put() over a directory that holds objects names the trouble", async ({ root, store }) => {
  root.write("a/b", "x");
  for (const options of [{}, { ifNoneMatch: "*" }]) {
    const error = await assertRejects(() => store.put("a", bytes("y"), options), InvalidNameError);
    assertStringIncludes(error.message, "it is a directory that holds other objects");
  }
  assertEquals(root.everything(), ["a/b"]);
});

testBoth("put() below an object names the trouble", async ({ root, store }) => {
  root.write("a", "x");
  for (const key of ["a/b", "a/b/c"]) {
    const error = await assertRejects(() => store.put(key, bytes("y")), InvalidNameError);
    assertStringIncludes(error.message, `"${root.file("a")}" is a file`);
  }
  await assertRejects(() => store.createWriter("a/b"), InvalidNameError);
  await assertRejects(() => store.copy("a", "a/b"), InvalidNameError);
  assertEquals(root.everything(), ["a"]);
});

testBoth("put() takes the name of a tree of empty directories", async ({ root, store }) => {
  for (const options of [{}, { ifNoneMatch: "*" }]) {
    Deno.mkdirSync(root.file("a/b/c"), { recursive: true });
    Deno.mkdirSync(root.file("a/d"), { recursive: true });
    await store.put("a", bytes("y"), options);
    assertEquals(await textOf(store, "a"), "y");
    await store.delete("a");
  }
});

testBoth("put() into a store whose directory is missing says so", async ({ root, open }) => {
  const store = await open(root.file("missing"));
  const error = await assertRejects(() => store.put("a/b", bytes("x")), NotFoundError);
  assertStringIncludes(error.message, `there is no directory "${root.file("missing")}"`);
  assertEquals([...Deno.readDirSync(root.path)], []);
});

testBoth("put() of attributes is an UnsupportedError that names the first", async ({ root, store }) => {
  const attributes = [
    { contentType: "text/plain" },
    { contentEncoding: "zstd" },
    { cacheControl: "no-store" },
    { storageClass: "COLD" },
    { metadata: { a: "b" } },
  ];
  for (const options of attributes) {
    const error = await assertRejects(() => store.put("a", bytes("x"), options), UnsupportedError);
    assertStringIncludes(error.message, `files keep no ${Object.keys(options)[0]}`);
    await assertRejects(() => store.createWriter("a", options), UnsupportedError);
  }
  assertEquals(root.everything(), []);
});

testBoth("put() keeps the permissions of the file it replaces", async ({ root, store }) => {
  root.write("secret", "x");
  Deno.chmodSync(root.file("secret"), 0o600);
  await store.put("secret", bytes("y"));
  assertEquals((Deno.statSync(root.file("secret")).mode ?? 0) & 0o777, 0o600);
});

testBoth("put() tells the etag that get(), head() and list() tell", async ({ store }) => {
  const { etag } = await store.put("a/b", bytes("content"));
  assertEquals((await store.head("a/b")).etag, etag);
  await using result = await store.get("a/b");
  assertEquals(result.info.etag, etag);
  for await (const meta of store.list()) assertEquals(meta.etag, etag);
});

testBoth("put() never gives two contents of a key one etag, however quick", async ({ store }) => {
  const seen = new Map<string | undefined, string>();
  for (let i = 0; i < 300; i++) {
    const { etag } = await store.put("a", bytes(`${i}`.padStart(4)));
    assertEquals(seen.get(etag), undefined, `write ${i} has the etag of an earlier one`);
    seen.set(etag, `write ${i}`);
    if (i % 3 === 1) await store.delete("a");
    else if (i % 7 === 2) await store.rename("a", "b").then(() => store.delete("b"));
  }
});

testBoth("put() is dated later than a file from the future that it replaces", async ({ root, store }) => {
  root.write("a", "x");
  const future = new Date(Date.now() + 3_600_000);
  Deno.utimeSync(root.file("a"), future, future);
  const before = await store.head("a");
  await store.put("a", bytes("y"));
  const after = await store.head("a");
  assertEquals(after.lastModified.getTime(), future.getTime() + 1);
  assertNotEquals(after.etag, before.etag);
});

testBoth(
  "get() past the end and with impossible numbers are errors that tell the numbers",
  async ({ store }) => {
    await store.put("a", bytes("0123456789"));
    const error = await assertRejects(
      () => store.get("a", { range: { offset: 10 } }),
      RangeNotSatisfiableError,
    );
    assertStringIncludes(error.message, "10 bytes");
    for (const range of [{ offset: -1 }, { offset: 0.5 }, { offset: 0, length: 0 }, { suffixLength: 0 }]) {
      await assertRejects(() => store.get("a", { range }), RangeError);
    }
  },
);

testBoth("keys that lead out of the root are refused by every method", async ({ root, store }) => {
  root.write("inside", "x");
  const outside = ["../outside", "a/../../outside", "/etc/passwd", "a\0b", ".", ".."];
  for (const key of outside) {
    const calls = [
      () => store.get(key),
      () => store.head(key),
      () => store.put(key, bytes("x")),
      () => store.createWriter(key),
      () => store.delete(key),
      () => store.copy(key, "b"),
      () => store.copy("inside", key),
      () => store.rename(key, "b"),
      () => store.rename("inside", key),
    ];
    for (const call of calls) await assertRejects(call, InvalidNameError);
    for await (const _ of store.list(`${key}/`)) throw new Error("a key outside is listed");
  }
  assertEquals(root.everything(), ["inside"]);
});

testBoth("names of unfinished writes are no keys, and no listing shows them", async ({ root, store }) => {
  const temporary = ".lade-0123456789abcdef-1~tmp";
  root.write(temporary, "x");
  root.write(`a/${temporary}`, "x");
  await assertRejects(() => store.get(temporary), InvalidNameError);
  await assertRejects(() => store.head(`a/${temporary}`), InvalidNameError);
  await assertRejects(() => store.put(temporary, bytes("x")), InvalidNameError);
  await assertRejects(() => store.copy(`a/${temporary}`, "b"), InvalidNameError);
  for await (const entry of store.list()) throw new Error(`${entry.key} is listed`);
  for await (const entry of store.listWithDelimiter()) throw new Error(`${JSON.stringify(entry)} is listed`);
});

testBoth("a file that the system refuses to delete is a PermissionDeniedError", async ({ store, open }) => {
  // The kernel's own files are refused to everyone, to root too.
  const proc = await open("/proc");
  await assertRejects(() => proc.delete("version"), PermissionDeniedError);
  await store.delete("missing");
});

testBoth("createPartWriter() opens few descriptors for many parts at once", async ({ root, store }) => {
  const partSize = 65_536;
  await using writer = await store.createPartWriter("object", 100 * partSize, { partSize });
  const part = (index: number) => new Uint8Array(partSize).fill(index);
  await Promise.all(Array.from({ length: 100 }, (_, index) => writer.writePart(index, part(index))));
  const open = openFiles((path) => path.startsWith(`${root.path}/`));
  assert(open >= 1 && open <= 8, `${open} descriptors are open`);
  await writer.close();
  assertEquals(openFiles((path) => path.startsWith(`${root.path}/`)), 0);
  const written = Deno.readFileSync(root.file("object"));
  for (let index = 0; index < 100; index++) {
    assertEquals(written.subarray(index * partSize, (index + 1) * partSize), part(index));
  }
});

testBoth(
  "createPartWriter() writes as many parts at once as its concurrency says",
  async ({ root, store }) => {
    const partSize = 65_536;
    for (const concurrency of [1, 3]) {
      await using writer = await store.createPartWriter("object", 20 * partSize, { partSize, concurrency });
      assertEquals(writer.concurrency, concurrency);
      const indexes = Array.from({ length: writer.partCount }, (_, i) => i);
      const part = new Uint8Array(partSize).fill(concurrency);
      await Promise.all(indexes.map((index) => writer.writePart(index, part)));
      assertEquals(openFiles((path) => path.startsWith(`${root.path}/`)), concurrency);
      await writer.close();
      assertEquals(Deno.readFileSync(root.file("object")), new Uint8Array(20 * partSize).fill(concurrency));
    }
  },
);

testBoth(
  "createPartWriter() that is aborted leaves no descriptor, no file and no memory",
  async ({ root, store }) => {
    const partSize = 65_536;
    const writer = await store.createPartWriter("object", 20 * partSize + 1, { partSize });
    const indexes = Array.from({ length: 20 }, (_, index) => index);
    const writing = Promise.allSettled(
      indexes.map((index) => writer.writePart(index, new Uint8Array(partSize))),
    );
    await writer.abort();
    assertEquals([openFiles((path) => path.startsWith(`${root.path}/`)), root.everything()], [0, []]);
    assertEquals(store.context.budget.held, 0);
    await writing;
  },
);

testBoth("a writer whose conditions fail already is refused before any bytes", async ({ root, store }) => {
  root.write("object", "old");
  for (const options of [{ ifNoneMatch: "*" }, { ifMatch: "other" }]) {
    await assertRejects(() => store.createPartWriter("object", 1, options), StoreError);
    await assertRejects(() => store.createWriter("object", options), StoreError);
  }
  assertEquals(root.everything(), ["object"]);
});

testBoth(
  "close() finds that bytes are missing from the file, and keeps the old object",
  async ({ root, store }) => {
    root.write("object", "old");
    const writers = [
      async () => {
        const writer = await store.createPartWriter("object", 8192, { partSize: 4096 });
        for (const index of [0, 1]) await writer.writePart(index, new Uint8Array(4096));
        return writer;
      },
      async () => {
        const writer = await store.createWriter("object");
        await writer.write(new Uint8Array(2 ** 24));
        return writer;
      },
    ];
    for (const write of writers) {
      await using writer = await write();
      const [unfinished = ""] = root.everything().filter((name) => name !== "object");
      Deno.truncateSync(root.file(unfinished), 4096);
      const error = await assertRejects(() => writer.close(), ServiceError);
      assertStringIncludes(error.message, "the file has 4096 bytes");
      assertEquals(root.everything(), ["object"]);
      assertEquals(await textOf(store, "object"), "old");
    }
  },
);
