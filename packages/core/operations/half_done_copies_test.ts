import { createHash } from "node:crypto";
import { assertEquals, assertRejects } from "@std/assert";
import {
  abortUpload,
  copyObject,
  ForwardingPartWriter,
  ForwardingStore,
  getBytes,
  type GetOptions,
  type GetResult,
} from "../mod.ts";
import { ChecksumMismatchError, ServiceError } from "../errors/errors.ts";
import { DATA, here, PART, Source, Target, withInfo } from "./killed_copies_test.ts";

const MD5 = createHash("md5").update(DATA).digest("base64");

Deno.test("where the service copies after all, a half-done copy is aborted, and has ended", async () => {
  const made = await here();
  await made.attempt(4);
  assertEquals([await made.uploads(), made.kept.halfDone !== undefined], [1, true]);
  await made.to.put("a", DATA);
  const copied = await copyObject(made.to, "a", made.to, "b", { resumable: made.kept });
  assertEquals(copied.read, undefined);
  assertEquals([await made.uploads(), made.kept.halfDone], [0, undefined]);
});

Deno.test("a copy is not gone on with where the answer has another size than the listing, under one etag", async () => {
  const made = await here();
  await made.attempt(4);
  const { etag = "", size, ...listed } = await made.from.head("a");
  const source = { ...listed, etag, size: size + 1 };
  await assertRejects(() => made.attempt(Infinity, { source }), ServiceError, "under the same etag");
  await assertRejects(() => made.to.head("b"));
  assertEquals(await made.uploads(), 1);
  await made.attempt(Infinity, { source: { ...source, size } });
  assertEquals((await getBytes(made.to, "b")).bytes, DATA);
});

Deno.test("a copy that could not be gone on with is none that outlives its process", async () => {
  const plain = await here();
  await plain.attempt(Infinity, { checksum: "none" });
  assertEquals(plain.kept.begins, 0);
  const made = await here();
  const once = new class extends ForwardingStore {
    override readonly capabilities = { ...this.below.capabilities, resumableWrites: false };
  }(made.to);
  const digested = new class extends Source {
    override async get(key: string, options?: GetOptions): Promise<GetResult> {
      const result = await super.get(key, options);
      return withInfo(result, { ...result.info, checksums: { md5: MD5 } });
    }
  }(made.from, "");
  const copying = { chunkSize: PART, resumable: made.kept };
  await copyObject(made.source, "a", once, "once", copying);
  const { read } = await copyObject(digested, "a", new Target(made.to), "digested", copying);
  assertEquals([read?.verified, read?.checksums], [true, { md5: MD5 }]);
  assertEquals([made.kept.begins, await made.uploads()], [0, 0]);
  for (const key of ["once", "digested"]) assertEquals((await getBytes(made.to, key)).bytes, DATA, key);
});

Deno.test("nothing is left of a copy where it cannot be kept that it was begun", async () => {
  const made = await here();
  made.kept.begun = () => Promise.reject(new Error("the disk is full"));
  await assertRejects(() => made.attempt(), Error, "the disk is full");
  await assertRejects(() => made.to.head("b"));
  assertEquals(await made.uploads(), 0);
});

Deno.test("a half-done copy that is gone, or of what has changed, has ended also where it is not begun again", async () => {
  const changed = await here("");
  await changed.attempt(4);
  await changed.from.put("a", new Uint8Array());
  await changed.attempt();
  assertEquals([changed.kept.halfDone, await changed.uploads(), (await changed.to.head("b")).size], [
    undefined,
    0,
    0,
  ]);
  const gone = await here();
  await gone.attempt(4);
  await abortUpload(gone.to, "b", gone.kept.halfDone?.token ?? "");
  await gone.attempt(Infinity, { checksum: "none" });
  assertEquals([gone.kept.halfDone, (await getBytes(gone.to, "b")).bytes], [undefined, DATA]);
});

Deno.test("a half-done copy whose removal fails is kept, and the failure is that of the copy", async () => {
  const made = await here();
  await made.attempt(4);
  await made.from.put("a", DATA.slice().reverse());
  const target = new Target(made.to);
  target.abortUpload = () =>
    Promise.reject(new ServiceError({ operation: "abort", uri: "memory://m/b", detail: "not now" }));
  const copying = () => copyObject(made.source, "a", target, "b", { chunkSize: PART, resumable: made.kept });
  await assertRejects(copying, ServiceError, "not now");
  assertEquals([made.kept.halfDone !== undefined, await made.uploads()], [true, 1]);
});

Deno.test("checksums of parts by another algorithm than the source has now are not combined", async () => {
  const made = await here();
  await made.attempt(4);
  const { halfDone } = made.kept;
  if (halfDone) made.kept.halfDone = { ...halfDone, algorithm: "crc32" };
  made.kept.parts = made.kept.parts.map((part) => ({ ...part, checksum: "AAAAAA==" }));
  const { result } = await made.attempt();
  assertEquals((await getBytes(made.to, "b")).bytes, DATA);
  assertEquals(result?.read?.verified, false);
});

Deno.test("a copy that is gone on with fails where the store reports another size", async () => {
  const made = await here();
  await made.attempt(4);
  const cut = new class extends Target {}(made.to);
  const { resumePartWriter } = cut;
  cut.resumePartWriter = async (...given) => {
    const writer = await resumePartWriter?.call(cut, ...given) as ForwardingPartWriter;
    return new class extends ForwardingPartWriter {
      override async close() {
        const written = await super.close();
        return { ...written, size: written.size - 1 };
      }
    }(writer);
  };
  const copying = { chunkSize: PART, resumable: made.kept };
  await assertRejects(
    () => copyObject(made.source, "a", cut, "b", copying),
    ChecksumMismatchError,
    "reports 10499 bytes of 10500",
  );
});
