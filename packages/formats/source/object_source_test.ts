import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { type FaultyStore, injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { ObjectSource } from "./object_source.ts";
import { SourceWindow } from "./source_window.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index * 7);

async function counting(): Promise<FaultyStore> {
  const store = injectFaults(new MemoryStore(), []);
  await store.put("k", BYTES);
  return store;
}

function gets(store: FaultyStore): number {
  return store.calls.filter(({ operation }) => operation === "get").length;
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: number[] = [];
  for await (const piece of pieces) all.push(...piece);
  return Uint8Array.from(all);
}

for (const at of ["start", "end"] as const) {
  Deno.test(`ObjectSource: what came first from the ${at} is not asked for again`, async () => {
    await using store = await counting();
    const source = await ObjectSource.open(store, "k", { window: 100, at });
    assertEquals(source.size, 1000);
    const start = at === "start" ? 0 : 900;
    assertEquals(await source.read(start, 100), BYTES.slice(start, start + 100));
    const target = new Uint8Array(10);
    await source.readInto(start + 5, target);
    assertEquals(target, BYTES.slice(start + 5, start + 15));
    assertEquals(gets(store), 1);
    assertEquals(await source.read(400, 300), BYTES.slice(400, 700));
    assertEquals(gets(store), 2);
    assertEquals(await gather(source.stream()), BYTES);
    assertEquals(await gather(source.stream({ offset: 50, end: 120 })), BYTES.slice(50, 120));
    assertEquals(await gather(source.stream({ offset: 1000 })), new Uint8Array(0));
  });
}

Deno.test("ObjectSource: what passes the end is a FormatError, before it is asked for", async () => {
  await using store = await counting();
  const source = await ObjectSource.open(store, "k", { window: 10 });
  for (const [offset, length] of [[990, 11], [1001, 0], [0, 2 ** 53], [-1, 5], [NaN, 1]] as const) {
    await assertRejects(() => source.read(offset, length), FormatError);
    await assertRejects(() => source.readRanges([{ offset, length }]), FormatError);
  }
  await assertRejects(() => source.readInto(995, new Uint8Array(6)), FormatError, "bytes 995+6 are wanted");
  assertEquals(gets(store), 1);
});

Deno.test("ObjectSource: an object that is replaced after it was opened is an error", async () => {
  await using store = await counting();
  const source = await ObjectSource.open(store, "k", { window: 10 });
  await store.put("k", BYTES.toReversed());
  await assertRejects(() => source.read(500, 5), PreconditionFailedError);
  await assertRejects(
    () => source.readRanges([{ offset: 1, length: 5 }, { offset: 500, length: 5 }]),
    PreconditionFailedError,
  );
  await assertRejects(() => gather(source.stream()), PreconditionFailedError);
});

Deno.test("SourceWindow: reads from its start, and nothing behind its end", async () => {
  await using store = await counting();
  const window = new SourceWindow(
    await ObjectSource.open(store, "k", { window: 10 }),
    100,
    50,
    "memory://k: part",
  );
  assertEquals(await window.read(0, 50), BYTES.slice(100, 150));
  assertEquals(await window.readRanges([{ offset: 40, length: 10 }, { offset: 0, length: 2 }]), [
    BYTES.slice(140, 150),
    BYTES.slice(100, 102),
  ]);
  assertEquals(await gather(window.stream({ offset: 10 })), BYTES.slice(110, 150));
  await assertRejects(() => window.read(40, 11), FormatError, "part");
  await assertRejects(() => Promise.resolve().then(() => gather(window.stream({ offset: 51 }))), FormatError);
});

Deno.test("ObjectSource: no bytes are there anywhere in the object, without a request", async () => {
  await using store = await counting();
  const source = await ObjectSource.open(store, "k", { window: 100 });
  const target = new Uint8Array(0);
  for (const offset of [0, 100, 500, 1000]) {
    assertEquals(await source.read(offset, 0), new Uint8Array(0));
    await source.readInto(offset, target);
    assertEquals(await source.readRanges([{ offset, length: 0 }, { offset, length: 0, target }]), [
      target,
      target,
    ]);
    assertEquals(await gather(source.stream({ offset, end: offset })), target);
  }
  assertEquals(gets(store), 1);
  await assertRejects(() => source.read(1001, 0), FormatError);
});
