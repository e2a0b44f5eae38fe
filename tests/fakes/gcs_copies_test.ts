import { assertEquals } from "@std/assert";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

const MIB = 2 ** 20;

/** Asks for a rewrite of `bucket/a`. */
function rewrite(fake: FakeGcs, to: string, { query = "", body = {} } = {}) {
  const path = `/storage/v1/b/bucket/o/a/rewriteTo/b/${to.split("/").join("/o/")}${query}`;
  return gcsRequest(fake, { method: "POST", path, body });
}

Deno.test("a rewrite in place is done at once, with what the source said of itself and the bucket's class", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], rewriteBytes: MIB });
  const source = fake.putObject("bucket", "a", "bytes", {
    fields: { contentType: "a/b" },
    metadata: new Map([["name", "value"]]),
    temporaryHold: true,
  });
  const { done, resource, ...rest } = JSON.parse((await rewrite(fake, "bucket/b")).text);
  assertEquals(rest, { kind: "storage#rewriteResponse", totalBytesRewritten: "5", objectSize: "5" });
  assertEquals([done, resource.contentType, resource.metadata], [true, "a/b", { name: "value" }]);
  assertEquals([resource.crc32c, resource.temporaryHold], [source.crc32c, undefined]);
  const asked = JSON.parse((await rewrite(fake, "bucket/c", { body: { contentType: "c/d" } })).text).resource;
  assertEquals([asked.contentType, asked.metadata], ["c/d", undefined]);
});

Deno.test("a rewrite to another class or place takes as many calls as it takes, by its token", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], rewriteBytes: 2 * MIB });
  fake.createBucket("elsewhere", { location: "EU" });
  const { crc32c } = fake.putSynthetic("bucket", "a", { size: 5 * MIB });
  for (const [to, body] of [["bucket/b", { storageClass: "NEARLINE" }], ["elsewhere/a", {}]] as const) {
    const told: unknown[] = [];
    let token: string | undefined;
    do {
      const query = token === undefined ? "" : `?rewriteToken=${token}`;
      const answer = JSON.parse((await rewrite(fake, to, { query, body })).text);
      told.push([answer.totalBytesRewritten, answer.done, answer.resource?.crc32c]);
      token = answer.rewriteToken;
    } while (token !== undefined);
    assertEquals(told, [
      [String(2 * MIB), false, undefined],
      [String(4 * MIB), false, undefined],
      [String(5 * MIB), true, crc32c],
    ]);
  }
  const small = await rewrite(fake, "elsewhere/b", { query: `?maxBytesRewrittenPerCall=${MIB}` });
  const { totalBytesRewritten, rewriteToken } = JSON.parse(small.text);
  assertEquals(totalBytesRewritten, String(MIB));
  const other = await rewrite(fake, "elsewhere/c", { query: `?rewriteToken=${rewriteToken}` });
  assertEquals(reasonOf(other), "400 invalid");
  assertEquals(
    reasonOf(await rewrite(fake, "bucket/b", { query: "?maxBytesRewrittenPerCall=5" })),
    "400 invalid",
  );
});

Deno.test("a copy holds conditions on both ends", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], settings: { versioning: true } });
  const { generation: old } = fake.putObject("bucket", "a", "old");
  const { generation } = fake.putObject("bucket", "a", "new");
  const say = async (query: string) => reasonOf(await rewrite(fake, "bucket/b", { query }));
  assertEquals(await say(`?ifSourceGenerationMatch=${old}`), "412 conditionNotMet");
  assertEquals(await say("?ifSourceMetagenerationMatch=2"), "412 conditionNotMet");
  assertEquals(await say("?sourceGeneration=1"), "404 notFound");
  assertEquals(await say(`?ifSourceGenerationMatch=${generation}&ifGenerationMatch=0`), "200");
  assertEquals(await say("?ifGenerationMatch=0"), "412 conditionNotMet");
  assertEquals(await say(`?sourceGeneration=${old}`), "200");
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "b")), "old");
  assertEquals(reasonOf(await rewrite(fake, "none/b")), "404 notFound");
});

Deno.test("a move takes the object to its new name with all that is said of it, or does nothing", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const move = async (query = "", to = "b") =>
    reasonOf(
      await gcsRequest(fake, { method: "POST", path: `/storage/v1/b/bucket/o/a/moveTo/o/${to}${query}` }),
    );
  const { generation } = fake.putObject("bucket", "a", "bytes", {
    metadata: new Map([["name", "value"]]),
    storageClass: "NEARLINE",
  });
  fake.putObject("bucket", "b", "there");
  assertEquals(await move("?ifGenerationMatch=0"), "412 conditionNotMet");
  assertEquals(await move("?ifSourceGenerationMatch=1"), "412 conditionNotMet");
  assertEquals(await move("", "a"), "400 invalid");
  assertEquals(fake.objects("bucket").map(({ name }) => name), ["a", "b"]);
  assertEquals(await move(`?ifSourceGenerationMatch=${generation}`), "200");
  const [moved, ...rest] = fake.objects("bucket");
  assertEquals([moved?.name, moved?.storageClass, moved?.metadata.get("name"), rest], [
    "b",
    "NEARLINE",
    "value",
    [],
  ]);
  assertEquals(await move(), "404 notFound");
  fake.putObject("bucket", "a", "held", { temporaryHold: true });
  assertEquals(await move(), "403 objectUnderActiveHold");
  fake.settings.refusesMoves = true;
  assertEquals(await move(), "404 notFound");
});

Deno.test("up to 32 objects are composed into one, whose checksum is the combined one", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const compose = (sourceObjects: unknown, to = "whole", query = "") =>
    gcsRequest(fake, {
      method: "POST",
      path: `/storage/v1/b/bucket/o/${to}/compose${query}`,
      body: { sourceObjects, destination: { contentType: "a/b" } },
    });
  const [a, b] = [fake.putObject("bucket", "a", "12345"), fake.putObject("bucket", "b", "6789")];
  const made = JSON.parse((await compose([{ name: "a", generation: a.generation }, { name: "b" }])).text);
  const { crc32c } = fake.putObject("bucket", "c", "123456789");
  assertEquals([made.crc32c, made.md5Hash, made.componentCount, made.contentType], [
    crc32c,
    undefined,
    2,
    "a/b",
  ]);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "whole")), "123456789");
  assertEquals(
    JSON.parse((await compose([{ name: "whole" }, { name: "a" }], "more")).text).componentCount,
    3,
  );
  assertEquals(reasonOf(await compose([])), "400 required");
  assertEquals(reasonOf(await compose(Array(33).fill({ name: "a" }))), "400 invalid");
  assertEquals(reasonOf(await compose([{ name: "none" }])), "404 notFound");
  const stale = { name: "b", objectPreconditions: { ifGenerationMatch: a.generation } };
  assertEquals(reasonOf(await compose([stale])), "412 conditionNotMet");
  assertEquals(b.generation !== a.generation, true);
  assertEquals(
    reasonOf(await compose([{ name: "a" }], "whole", "?ifGenerationMatch=0")),
    "412 conditionNotMet",
  );
});
