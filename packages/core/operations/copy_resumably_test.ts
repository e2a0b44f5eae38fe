import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  copyObject,
  crc32c,
  crc32cToBase64,
  ForwardingPartWriter,
  ForwardingStore,
  getBytes,
  type HeadOptions,
  type ObjectInfo,
  type PartWriterOptions,
  type ResumableCopy,
} from "../mod.ts";
import { ChecksumMismatchError, PreconditionFailedError, ServiceError } from "../errors/errors.ts";
import { CHECKSUM, DATA, here, type Kept, PART, Source, Target } from "./killed_copies_test.ts";

Deno.test("a copy goes on after each part: nothing is read or sent twice, and the whole is verified", async () => {
  for (let parts = 0; parts <= 11; parts++) {
    const made = await here();
    const first = await made.attempt(parts);
    assertEquals(first.result === undefined, parts < 11);
    if (first.result) continue;
    assertEquals(await made.uploads(), 1, `${parts} parts`);
    await assertRejects(() => made.to.head("b"));
    const events: number[] = [];
    const { result, target } = await made.attempt(Infinity, {
      onProgress: (event) => event.type === "bytes" && events.push(event.bytes),
    });
    assertEquals((await getBytes(made.to, "b")).bytes, DATA);
    const sent = [...first.target.sent, ...target.sent].sort((a, b) => a - b);
    assertEquals(sent, Array.from({ length: 11 }, (_, index) => index));
    assertEquals(made.source.read, target.sent.reduce((sum, index) => sum + (index === 10 ? 500 : PART), 0));
    assertEquals(events.reduce((sum, bytes) => sum + bytes, 0), DATA.length);
    assertEquals([result?.read?.verified, result?.read?.checksums], [true, { crc32c: CHECKSUM }]);
    assertEquals([await made.uploads(), made.kept.halfDone, made.kept.begins], [0, undefined, 1]);
    assertEquals(result?.sourceEtag, (await made.from.head("a")).etag);
  }
});

Deno.test("a copy that is killed time and again, one part each, still ends", async () => {
  const made = await here();
  const sent: number[] = [];
  for (let round = 0; round < 11; round++) {
    sent.push(...(await made.attempt(1, { concurrency: 1 })).target.sent);
  }
  assertEquals(sent.sort((a, b) => a - b), Array.from({ length: 11 }, (_, index) => index));
  assertEquals((await getBytes(made.to, "b")).bytes, DATA);
});

Deno.test("conditions on the destination are none on the source of a copy that is gone on with", async () => {
  const create = await here();
  await create.attempt(6, { ifNoneMatch: "*", ifIgnored: "look" });
  const { target: created } = await create.attempt(Infinity, { ifNoneMatch: "*", ifIgnored: "look" });
  assertEquals([created.sent.length, (await getBytes(create.to, "b")).bytes], [5, DATA]);
  const replace = await here();
  const { etag = "" } = await replace.to.put("b", new Uint8Array(5));
  await replace.attempt(6, { ifMatch: etag });
  const { target: replaced } = await replace.attempt(Infinity, { ifMatch: etag });
  assertEquals([replaced.sent.length, (await getBytes(replace.to, "b")).bytes], [5, DATA]);
});

Deno.test("a part whose checksum was not kept is read again, and not sent", async () => {
  const made = await here();
  const first = await made.attempt(6);
  const lost = made.kept.parts.splice(1, 2);
  const { result, target } = await made.attempt();
  assertEquals(result?.read?.verified, true);
  assertEquals(target.sent.some((index) => first.target.sent.includes(index)), false);
  assertEquals(made.source.read, DATA.length - (6 - lost.length) * PART);
  assertEquals((await getBytes(made.to, "b")).bytes, DATA);
});

Deno.test("a checksum that does not fit the source's makes no object and leaves nothing", async () => {
  const made = await here();
  await made.attempt(6);
  made.kept.parts[2] = { index: made.kept.parts[2]?.index ?? 0, checksum: "AAAAAA==" };
  await assertRejects(() => made.attempt(), ChecksumMismatchError, "the store tells");
  await assertRejects(() => made.to.head("b"));
  assertEquals([await made.uploads(), made.kept.halfDone], [0, undefined]);
});

Deno.test("a resumed copy of a source without a checksum is never said to be verified", async () => {
  const made = await here("");
  await made.attempt(4);
  assertEquals(made.kept.parts, []);
  const { result } = await made.attempt();
  assertEquals([result?.read?.verified, result?.read?.checksums], [false, {}]);
  assert(result?.read?.unverified?.includes("an earlier process"));
  assertEquals((await getBytes(made.to, "b")).bytes, DATA);
});

Deno.test("a source that has changed is copied anew, and the half-done copy is aborted", async () => {
  const made = await here();
  const first = await made.attempt(4);
  const changed = DATA.slice().reverse();
  await made.from.put("a", changed);
  made.told = crc32cToBase64(crc32c(changed));
  const { result, target } = await made.attempt();
  assertEquals((await getBytes(made.to, "b")).bytes, changed);
  assertEquals([first.target.sent.length, target.sent.length], [4, 11]);
  assertEquals([await made.uploads(), made.kept.begins, result?.read?.verified], [0, 2, true]);
});

Deno.test("a source that changes between the look at it and the read ends the copy, and nothing is left", async () => {
  const made = await here();
  await made.attempt(4);
  const { from } = made;
  class Changing extends Source {
    override async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
      const info = await super.head(key, options);
      await from.put("a", DATA.slice().reverse());
      return info;
    }
  }
  const copying = { chunkSize: PART, resumable: made.kept };
  await assertRejects(
    () => copyObject(new Changing(made.from), "a", new Target(made.to), "b", copying),
    PreconditionFailedError,
  );
  await assertRejects(() => made.to.head("b"));
  assertEquals(await made.uploads(), 0);
});

Deno.test("a half-done copy that is gone, or was of another object, is begun anew", async () => {
  for (const change of ["gone", "foreign", "garbled"] as const) {
    const made = await here();
    await made.attempt(4);
    const { halfDone } = made.kept;
    if (!halfDone) throw new Error("nothing was begun");
    if (change === "gone") await made.to.abortUpload("b", halfDone.token);
    const token = change === "foreign" ? halfDone.token.replace("/b", "/c") : "{}";
    if (change !== "gone") made.kept.halfDone = { ...halfDone, token };
    const { target } = await made.attempt();
    assertEquals([target.sent.length, (await getBytes(made.to, "b")).bytes], [11, DATA]);
  }
});

Deno.test("a call that is made once more goes on with what its first attempt began", async () => {
  const made = await here();
  const target = new Target(made.to);
  let failures = 0;
  class Learning extends ForwardingStore {
    override async createPartWriter(key: string, size: number, options?: PartWriterOptions) {
      const writer = await super.createPartWriter(key, size, options) as ForwardingPartWriter;
      return new class extends ForwardingPartWriter {
        override async writePart(index: number, bytes: Uint8Array): Promise<void> {
          const learned = { operation: "write", uri: "memory://x", detail: "learned", retryable: true };
          if (index === 5 && failures++ === 0) throw new ServiceError(learned);
          await super.writePart(index, bytes);
        }
      }(writer);
    }
  }
  const copying = { chunkSize: PART, concurrency: 1, resumable: made.kept };
  await copyObject(new Source(made.from), "a", new Learning(target), "b", copying);
  assertEquals([failures, made.kept.begins], [1, 1]);
  assertEquals(target.sent.sort((a, b) => a - b), Array.from({ length: 11 }, (_, index) => index));
  assertEquals([await made.uploads(), (await getBytes(made.to, "b")).bytes], [0, DATA]);
});

Deno.test("small objects are copied as ever", async () => {
  const made = await here();
  await copyObject(made.source, "a", made.to, "c", {
    chunkSize: PART,
    resumable: { ...bound(made.kept), fromBytes: 20_000 },
  });
  assertEquals(made.kept.begins, 0);
  assertEquals((await getBytes(made.to, "c")).bytes, DATA);
});

Deno.test("a copy that nobody keeps leaves nothing where it fails", async () => {
  const made = await here();
  made.kept.begun = () => Promise.resolve(false);
  await made.attempt(4);
  assertEquals(await made.uploads(), 0);
});

function bound(kept: Kept): ResumableCopy {
  return { fromBytes: 1, begun: (copy) => kept.begun(copy), ended: () => kept.ended() };
}
