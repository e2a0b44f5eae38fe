import { assertEquals } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { BytesSource } from "../source/mod.ts";
import { valueAt } from "../table/mod.ts";
import { openArrowFile, openArrowStream } from "./mod.ts";
import { verifyArrowFile, verifyArrowStream } from "./verify_arrow.ts";

// pyarrow 26, compressed by zstd: the last of 200 views of one text, with the buffer of all.
const VIEW =
  "/////3AAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAEAAAAUAAAAEAAUAAgABgAHAAwAAAAQABAA" +
  "AAAAAAEYEAAAABgAAAAEAAAAAAAAAAEAAAB2AAAABAAEAAQAAAAAAAAA/////8gAAAAUAAAAAAAAAAwAGgAGAAUACAAMAAwAAAAAAwQA" +
  "IAAAAGgAAAAAAAAAAAAAAAAADgAgABQABAAIAAwAEAAOAAAAdAAAADgAAAAsAAAAEAAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAA" +
  "AAAAAAYACAAHAAYAAAAAAAABAwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACEAAAAAAAAAKAAAAAAAAAA7AAAAAAAAAAAAAAABAAAA" +
  "AQAAAAAAAAAAAAAAAAAAABAAAAAAAAAAKLUv/SAQgQAAIAAAAGEgdmkAAAAAwBIAAAAAAAAAAAAAGQAAAAAAACi1L/1gABhNAQAEAmEg" +
  "dmlldyBvZiBtb3JlIHRoYW4gdHdlbHZlIGJ5dGVzAQDoxtGrJwAAAAAA/////wAAAAA=";

// pyarrow 26: a: int8 [7], whose metadata and those of the schema are bytes.
const BYTES =
  "/////9gAAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAAQAAAAAAAKAAwAAAAEAAgACgAAACwAAAAEAAAAAQAAAAQAAACc////EAAAAAQA" +
  "AAACAAAAgP8AAAEAAABiAAAAAQAAABgAAAAAABIAGAAIAAYABwAMAAAAEAAUABIAAAAAAAECFAAAAEwAAAAIAAAAEAAAAAAAAAABAAAA" +
  "YQAAAAEAAAAMAAAACAAMAAQACAAIAAAAEAAAAAQAAAABAAAA/gAAAAEAAAB4AAAACAAMAAgABwAIAAAAAAAAAQgAAAD/////iAAAABQA" +
  "AAAAAAAADAAWAAYABQAIAAwADAAAAAADBAAYAAAACAAAAAAAAAAAAAoAGAAMAAQACAAKAAAAPAAAABAAAAABAAAAAAAAAAAAAAACAAAA" +
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAAAAAAAAAAAAHAAAAAAAAAP////8AAAAA";

// Polars 2.1: a: int8 [1, null, 3], behind a schema without the mark and the length of a message.
const POLARS =
  "QVJST1cxAAAEAAAA8v///xQAAAAEAAEAAAAKAAsACAAKAAQA+P///wwAAAAIAAgAAAAEAAEAAAAEAAAA7P///zgAAAAgAAAAGAAAAAEC" +
  "AAAQABIABAAQABEACAAAAAwAAAAAAPT///8IAAAAAQAAAAgACQAEAAgAAQAAAGEAAAD/////gAAAAAQAAADs////gAAAAAAAAAAUAAAA" +
  "BAADAAwAEwAQABIADAAEAOr///8DAAAAAAAAADwAAAAQAAAAAAAKABQABAAMABAAAgAAAAAAAAAAAAAAAQAAAAAAAABAAAAAAAAAAAMA" +
  "AAAAAAAAAAAAAAEAAAADAAAAAAAAAAEAAAAAAAAA/QAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "AAAAAAAAAAAAAAAAAAAAAAEAAwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "AAD/////AAAAAAQAAADs////QAAAADgAAAAUAAAABAAAAAwAEgAQAAQACAAMAAEAAACAAAAAAAAAAIgAAAAAAAAAgAAAAAAAAAAAAAAA" +
  "AAAAAPj///8MAAAACAAIAAAABAABAAAABAAAAOz///84AAAAIAAAABgAAAABAgAAEAASAAQAEAARAAgAAAAMAAAAAAD0////CAAAAAEA" +
  "AAAIAAkABAAIAAEAAABhAKIAAABBUlJPVzE=";

Deno.test("Arrow: the buffer of views may have far more than the rows that are left of it", async () => {
  const bytes = Uint8Array.fromBase64(VIEW);
  await using store = new MemoryStore();
  await store.put("k", bytes);
  await using table = await openArrowStream(store, "k");
  const [batch] = await Array.fromAsync(table.scan());
  const [column] = batch?.columns ?? [];
  assertEquals(column && valueAt(column, 0), "a view of more than twelve bytes");
  assertEquals(column?.values?.byteLength, 32);
  const { checked, faults } = await verifyArrowStream(new BytesSource(bytes, "memory://k"));
  assertEquals([Object.keys(checked), faults], [[], []]);
});

Deno.test("Arrow: metadata that are bytes are told as far as they are text", async () => {
  await using store = new MemoryStore();
  await store.put("k", Uint8Array.fromBase64(BYTES));
  await using table = await openArrowStream(store, "k");
  assertEquals(table.schema.metadata, { b: "\ufffd\ufffd" });
  const [batch] = await Array.fromAsync(table.scan());
  assertEquals(batch?.columns[0]?.values, Int8Array.of(7));
});

Deno.test("Arrow: a file of Polars is sound, and one whose first schema is another is not", async () => {
  const bytes = Uint8Array.fromBase64(POLARS);
  await using store = new MemoryStore();
  await store.put("k", bytes);
  await using table = await openArrowFile(store, "k");
  const [batch] = await Array.fromAsync(table.scan());
  const [column] = batch?.columns ?? [];
  assertEquals(column && [0, 1, 2].map((row) => valueAt(column, row)), [1, null, 3]);
  assertEquals((await verifyArrowFile(new BytesSource(bytes, "memory://k"))).faults, []);
  // The name of the column, "a", in the first schema only.
  const at = bytes.indexOf("a".charCodeAt(0), 100);
  bytes[at] = "b".charCodeAt(0);
  const { faults } = await verifyArrowFile(new BytesSource(bytes, "memory://k"));
  assertEquals(faults.map(({ message }) => /its schema is not that of its footer/.test(message)), [true]);
});
