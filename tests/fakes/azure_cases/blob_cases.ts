import { assert, assertEquals } from "@std/assert";
import { type AzureCase, blockId, bytesOf, crc64, failure, namesOf, sample } from "./azure_case.ts";

/** Blobs, their blocks and their attributes. */
export const blobCases: readonly AzureCase[] = [
  {
    name: "a blob is what was put, with its attributes",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a/b c+%d?e&ü🙀");
      const data = sample(1000);
      const written = await blob.upload(data, data.length, {
        metadata: { First: "1", second_2: "two words" },
        tags: { kind: "a b", n: "1" },
        blobHTTPHeaders: {
          blobContentType: "text/plain",
          blobContentEncoding: "identity",
          blobContentLanguage: "de",
          blobContentDisposition: "inline",
          blobCacheControl: "no-cache",
        },
      });
      const read = await blob.getProperties();
      assertEquals(read.etag, written.etag);
      assertEquals(read.lastModified, written.lastModified);
      assertEquals(read.contentLength, 1000);
      assertEquals(read.contentType, "text/plain");
      assertEquals(read.contentEncoding, "identity");
      assertEquals(read.contentLanguage, "de");
      assertEquals(read.contentDisposition, "inline");
      assertEquals(read.cacheControl, "no-cache");
      assertEquals(read.blobType, "BlockBlob");
      assertEquals(read.accessTier, "Hot");
      assertEquals(read.tagCount, 2);
      assertEquals(
        Object.entries(read.metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]).sort(),
        [
          ["first", "1"],
          ["second_2", "two words"],
        ],
      );
      assertEquals((await blob.getTags()).tags, { kind: "a b", n: "1" });
      assertEquals(await bytesOf(container, "a/b c+%d?e&ü🙀"), data);
    },
  },
  {
    name: "ranges are read, and refused beyond the end",
    notAzurite: "it answers 206 and no bytes to a range that begins past the last byte",
    async run({ container }) {
      const data = sample(100);
      await container.uploadBlockBlob("a", data, 100);
      const blob = container.getBlobClient("a");
      assertEquals(new Uint8Array(await blob.downloadToBuffer(10, 20)), data.slice(10, 30));
      const rest = await blob.download(90);
      assertEquals(rest._response.status, 206);
      assertEquals(rest.contentRange, "bytes 90-99/100");
      rest.readableStreamBody?.resume();
      assertEquals(await failure(() => blob.download(100, 1)), "416 InvalidRange");
    },
  },
  {
    name: "a missing blob and a missing container are told apart",
    async run({ service, container }) {
      assertEquals(await failure(() => container.getBlobClient("no").getProperties()), "404 BlobNotFound");
      assertEquals(await failure(() => container.getBlobClient("no").delete()), "404 BlobNotFound");
      const missing = service.getContainerClient("missing-one");
      assertEquals(await failure(() => missing.uploadBlockBlob("a", "", 0)), "404 ContainerNotFound");
      assertEquals(await failure(() => missing.getProperties()), "404 ContainerNotFound");
    },
  },
  {
    name: "conditions hold for reads and writes",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      const put = (conditions: object) => blob.upload("x", 1, { conditions });
      const { etag = "" } = await put({});
      assertEquals(await failure(() => put({ ifNoneMatch: "*" })), "409 BlobAlreadyExists");
      assertEquals(await failure(() => put({ ifMatch: '"0x1"' })), "412 ConditionNotMet");
      assertEquals(await failure(() => put({ ifNoneMatch: etag })), "412 ConditionNotMet");
      const absent = container.getBlockBlobClient("no");
      assertEquals(
        await failure(() => absent.upload("x", 1, { conditions: { ifMatch: etag } })),
        "412 ConditionNotMet",
      );
      const read = (conditions: object) => blob.getProperties({ conditions });
      await read({ ifMatch: etag });
      assertEquals(await failure(() => read({ ifMatch: '"0x1"' })), "412 ConditionNotMet");
      assert((await failure(() => read({ ifNoneMatch: etag }))).startsWith("304"));
      assert(
        (await failure(() => read({ ifModifiedSince: new Date(Date.now() + 60_000) }))).startsWith("304"),
      );
      assertEquals(
        await failure(() => read({ ifUnmodifiedSince: new Date(Date.now() - 3_600_000) })),
        "412 ConditionNotMet",
      );
      assertEquals(
        await failure(() => blob.delete({ conditions: { ifMatch: '"0x1"' } })),
        "412 ConditionNotMet",
      );
      await put({ ifMatch: etag });
      await absent.upload("x", 1, { conditions: { ifNoneMatch: "*" } });
    },
  },
  {
    name: "blocks become a blob in the order of the list, whatever the order they came in",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      for (const index of [2, 0, 1]) await blob.stageBlock(blockId(index), sample(100, index), 100);
      assertEquals(await failure(() => blob.getProperties()), "404 BlobNotFound");
      assertEquals(await namesOf(container), []);
      assertEquals(await namesOf(container, { includeUncommitedBlobs: true }), ["a"]);
      const open = await blob.getBlockList("all");
      assertEquals(open.uncommittedBlocks?.map(({ name, size }) => [name, size]).sort(), [
        [blockId(0), 100],
        [blockId(1), 100],
        [blockId(2), 100],
      ]);
      await blob.commitBlockList([blockId(0), blockId(1), blockId(2)], { metadata: { a: "1" } });
      assertEquals(
        await bytesOf(container, "a"),
        Uint8Array.from([0, 1, 2].flatMap((index) => [...sample(100, index)])),
      );
      const list = await blob.getBlockList("all");
      assertEquals(list.committedBlocks?.map(({ name }) => name), [blockId(0), blockId(1), blockId(2)]);
      assertEquals(list.uncommittedBlocks, []);
      assertEquals((await blob.getProperties()).metadata, { a: "1" });
    },
  },
  {
    name: "a list takes committed blocks again and clears attributes that it does not give",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      for (const index of [0, 1]) await blob.stageBlock(blockId(index), sample(10, index), 10);
      await blob.commitBlockList([blockId(0), blockId(1)], { metadata: { a: "1" }, tags: { t: "1" } });
      await blob.stageBlock(blockId(2), sample(10, 2), 10);
      await blob.commitBlockList([blockId(2), blockId(0)]);
      assertEquals(await bytesOf(container, "a"), Uint8Array.from([...sample(10, 2), ...sample(10, 0)]));
      const { metadata, tagCount } = await blob.getProperties();
      assertEquals([metadata, tagCount], [{}, undefined]);
      assertEquals(await failure(() => blob.commitBlockList([blockId(1)])), "400 InvalidBlockList");
      assertEquals(await failure(() => blob.commitBlockList([blockId(7)])), "400 InvalidBlockList");
    },
  },
  {
    name: "the list of a commit may be conditional",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.upload("x", 1);
      await blob.stageBlock(blockId(0), sample(10), 10);
      const commit = (conditions: object) => blob.commitBlockList([blockId(0)], { conditions });
      assertEquals(await failure(() => commit({ ifNoneMatch: "*" })), "409 BlobAlreadyExists");
      assertEquals(await failure(() => commit({ ifMatch: '"0x1"' })), "412 ConditionNotMet");
      await commit({ ifMatch: (await blob.getProperties()).etag });
    },
  },
  {
    name: "checksums of bodies are checked and answered",
    async run({ container }) {
      const data = sample(500);
      const blob = container.getBlockBlobClient("a");
      const wrong = new Uint8Array(16);
      const sum = Uint8Array.fromBase64(crc64(data));
      const stage = (options: object) => blob.stageBlock(blockId(0), data, data.length, options);
      assertEquals(await failure(() => stage({ transactionalContentMD5: wrong })), "400 Md5Mismatch");
      assertEquals(
        await failure(() => stage({ transactionalContentCrc64: new Uint8Array(8) })),
        "400 Crc64Mismatch",
      );
      assertEquals(
        await failure(() => stage({ transactionalContentCrc64: sum.toReversed() })),
        "400 Crc64Mismatch",
      );
      const plain = await blob.stageBlock(blockId(0), data, data.length);
      assertEquals(new Uint8Array(plain.xMsContentCrc64 ?? []).toBase64(), crc64(data));
      await blob.stageBlock(blockId(0), data, data.length, { transactionalContentCrc64: sum });
      const { contentMD5 } = await blob.upload(data, data.length);
      assertEquals(
        new Uint8Array((await blob.getProperties()).contentMD5 ?? []),
        new Uint8Array(contentMD5 ?? []),
      );
      await blob.stageBlock(blockId(0), data, data.length);
      await blob.commitBlockList([blockId(0)]);
      assertEquals((await blob.getProperties()).contentMD5, undefined);
    },
  },
  {
    name: "block ids of one blob have one length",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.stageBlock(btoa("00000"), "x", 1);
      assertEquals(
        await failure(() => blob.stageBlock(btoa("0000000000"), "x", 1)),
        "400 InvalidBlobOrBlock",
      );
    },
  },
  {
    name: "metadata, fields and tags are replaced on their own",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.upload("x", 1, {
        metadata: { a: "1", b: "2" },
        blobHTTPHeaders: { blobContentType: "text/plain" },
      });
      await blob.setMetadata({ c: "3" });
      await blob.setTags({ t: "1" });
      const first = await blob.getProperties();
      assertEquals([first.metadata, first.contentType, first.tagCount], [{ c: "3" }, "text/plain", 1]);
      await blob.setHTTPHeaders({ blobCacheControl: "no-cache" });
      const second = await blob.getProperties();
      assertEquals([second.metadata, second.cacheControl], [{ c: "3" }, "no-cache"]);
      assert(second.etag !== first.etag);
      assertEquals(await failure(() => blob.setMetadata({ "a-b": "1" })), "400 InvalidMetadata");
    },
  },
];
