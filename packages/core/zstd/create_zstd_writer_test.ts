import { assertEquals, assertRejects } from "@std/assert";
import { AlreadyExistsError, NotFoundError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { createZstdWriter } from "./create_zstd_writer.ts";
import { decompressZstd } from "./decompress_zstd.ts";
import { drain, jsonSample } from "../../codec/testing/samples.ts";
import { createZstdPool } from "@lade/codec/zstd";

const text = jsonSample(700_000, 1);

Deno.test("createZstdWriter() writes a .zst object and tells its key", async () => {
  const store = new MemoryStore();
  const writer = await createZstdWriter(store, "logs/a.json", { frameSize: 2 ** 18, metadata: { run: "7" } });
  assertEquals(writer.key, "logs/a.json.zst");
  await writer.write(text);
  await assertRejects(() => store.head(writer.key), NotFoundError);
  const { size } = await writer.close();
  assertEquals(size, writer.compressedBytes);
  const { info, body } = await store.get("logs/a.json.zst");
  assertEquals(info.contentType, "application/zstd");
  assertEquals(info.contentEncoding, undefined);
  assertEquals(info.metadata, { run: "7" });
  assertEquals((await drain(decompressZstd(body))).bytes, text);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("createZstdWriter() keeps a media type that is given, and the key that has .zst", async () => {
  const store = new MemoryStore();
  await using writer = await createZstdWriter(store, "a.zst", { contentType: "text/x-own" });
  await writer.close();
  assertEquals((await store.head("a.zst")).contentType, "text/x-own");
});

Deno.test("createZstdWriter() gives no media type to a store without attributes", async () => {
  const store = new MemoryStore();
  const seen: unknown[] = [];
  const plain = new Proxy(store, {
    get: (target, name) => {
      if (name === "capabilities") return { ...target.capabilities, attributes: false };
      if (name === "context") return target.context;
      return (key: string, options: object) => {
        seen.push(Object.keys(options));
        return target.createWriter(key, options);
      };
    },
  });
  await using writer = await createZstdWriter(plain, "a", { level: 1, workers: 1, partSize: 2 ** 23 });
  await writer.close();
  assertEquals(seen, [["partSize"]]);
});

Deno.test("createZstdWriter() passes conditions and the signal on", async () => {
  const store = new MemoryStore();
  await store.put("a.zst", text);
  await assertRejects(async () => {
    await using writer = await createZstdWriter(store, "a", { ifNoneMatch: "*" });
    await writer.close();
  }, AlreadyExistsError);
  const reason = new Error("stop");
  const aborter = new AbortController();
  const writer = await createZstdWriter(store, "b", { signal: aborter.signal });
  aborter.abort(reason);
  assertEquals(await assertRejects(() => writer.close()), reason);
});

Deno.test("createZstdWriter() checks its options before it opens anything", async () => {
  const store = new MemoryStore();
  store.createWriter = () => Promise.reject(new Error("opened"));
  await assertRejects(() => createZstdWriter(store, "a", { level: 23 }), RangeError, "level 23");
});

Deno.test("createZstdWriter() counts against the store's budget, and leaves a shared pool alone", async () => {
  const store = new MemoryStore();
  using pool = createZstdPool({ workers: 1 });
  for (const key of ["a", "b"]) {
    await using writer = await createZstdWriter(store, key, { workers: pool });
    await writer.write(text);
    assertEquals(store.context.budget.held, 2 ** 20);
    await writer.close();
  }
  assertEquals(store.context.budget.held, 0);
});
