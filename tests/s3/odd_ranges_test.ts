import { assertEquals, assertRejects } from "@std/assert";
import { type GetResult, PreconditionFailedError, RangeNotSatisfiableError, ServiceError } from "@lade/core";
import type { FaultAction } from "../fakes/s3/mod.ts";
import { type OpenedFake, openFake } from "./open_fake.ts";

const QUICK = { context: { random: () => 0 } } as const;

async function textOf(result: GetResult): Promise<string> {
  return await new Response(result.body).text();
}

async function openWith(content: string): Promise<OpenedFake> {
  const opened = await openFake(QUICK);
  opened.fake.putObject("bucket", "object", content);
  return opened;
}

Deno.test("get() of a suffix of an empty object takes the range bytes 0--1/0", async () => {
  await using opened = await openWith("");
  const { fake, store } = opened;
  fake.faults.add({
    action: [{ kind: "ignore-range" }, { kind: "headers", set: { "Content-Range": "bytes 0--1/0" } }],
  });
  const result = await store.get("object", { range: { suffixLength: 5 } });
  assertEquals([result.info.size, await textOf(result)], [0, ""]);
});

Deno.test("get() reads an object whole where its service refuses a longer suffix", async () => {
  await using opened = await openWith("content");
  const { fake, store } = opened;
  const action: FaultAction = { kind: "status", status: 416, code: "InvalidRange" };
  fake.faults.add({ action });
  assertEquals(await textOf(await store.get("object", { range: { suffixLength: 10 } })), "content");
  fake.faults.add({ action });
  await assertRejects(() => store.get("object", { range: { suffixLength: 3 } }), RangeNotSatisfiableError);
});

Deno.test("get() asks for the last bytes by their place where a service fails suffixes, and remembers it", async () => {
  await using opened = await openWith("content");
  const { fake, store } = opened;
  fake.faults.add({
    match: { where: ({ headers }) => headers["range"]?.startsWith("bytes=-") ?? false, times: Infinity },
    action: { kind: "status", status: 500, code: "InternalError" },
  });
  for (const [suffixLength, text] of [[3, "ent"], [30, "content"], [1, "t"]] as const) {
    assertEquals(await textOf(await store.get("object", { range: { suffixLength } })), text);
  }
  assertEquals(fake.requests.map(({ method, headers }) => [method, headers["range"]]), [
    ["GET", "bytes=-3"],
    ["HEAD", undefined],
    ["GET", "bytes=4-6"],
    ["GET", "bytes=-30"],
    ["HEAD", undefined],
    ["GET", undefined],
    ["HEAD", undefined],
    ["GET", "bytes=6-6"],
  ]);
});

for (const read of ["get", "head"] as const) {
  Deno.test(`${read}() holds a condition against what was answered, also where its service passes over it`, async () => {
    await using opened = await openWith("content");
    const { fake, store } = opened;
    const { etag = "" } = await store.head("object");
    for (const conditions of [{ ifMatch: etag }, { ifNoneMatch: "other" }]) {
      fake.faults.add({ action: { kind: "etag", value: '"other"' } });
      await assertRejects(() => store[read]("object", conditions), PreconditionFailedError);
    }
    fake.faults.add({ action: { kind: "headers", set: { ETag: undefined } } });
    await assertRejects(() => store[read]("object", { ifMatch: etag }), ServiceError, "no etag");
  });
}
