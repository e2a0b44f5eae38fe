import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  copyObject,
  getBytes,
  MemoryStore,
  NotFoundError,
  type ObjectStore,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  setAttributes,
} from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { FakeServer } from "@lade/testing/http";
import { sampleBytes } from "@lade/testing/conformance";

/** A container, its store, and the service's own client, which passes by what stands between. */
export interface WriteBench extends AsyncDisposable {
  readonly store: ObjectStore;
  /** Takes requests of the store, and may misbehave. */
  readonly server: FakeServer;
  readonly container: ContainerClient;
}

/** What the servers call the requests. */
const operations = {
  put: "PutBlob",
  block: "PutBlock",
  commit: "PutBlockList",
  get: "GetBlob",
  set: ["SetBlobProperties", "SetBlobMetadata", "SetBlobTags"],
} as const;
const PART = 1000;
const SMALL = sampleBytes(PART, 3);
const LARGE = sampleBytes(3 * PART + 7, 4);
const KEPT = "ladecrc32c";

/** How blobs come to be: in one request, and in blocks. */
const WAYS: Readonly<Record<string, Uint8Array>> = { whole: SMALL, "in blocks": LARGE };

/** What writes of blobs do, by name. */
export const WRITE_CASES: Readonly<Record<string, (bench: WriteBench) => Promise<void>>> = {
  async "the CRC-32C of every blob is kept with it, hidden from its metadata, and compared"(
    { store, container },
  ) {
    for (const [way, bytes] of Object.entries(WAYS)) {
      const sum = crc32cToBase64(crc32c(bytes));
      const { checksums } = await store.put(way, bytes, { metadata: { mine: "1" } });
      assertEquals(checksums, { crc32c: sum });
      const { metadata = {} } = await container.getBlobClient(way).getProperties();
      assertEquals([Object.keys(metadata).sort(), metadata[KEPT]?.split(".")[0]], [[KEPT, "mine"], sum]);
      const info = await store.head(way);
      assertEquals([info.metadata, info.checksums?.crc32c], [{ mine: "1" }, sum]);
      const read = await getBytes(store, way);
      assertEquals([read.bytes, read.checksums, read.verified], [bytes, { crc32c: sum }, true]);
    }
    {
      await using writer = await store.createPartWriter("parts", LARGE.length, { partSize: PART });
      for (const index of [3, 0, 2, 1]) {
        await writer.writePart(index, LARGE.subarray(index * PART, (index + 1) * PART));
      }
      assertEquals((await writer.close()).checksums, { crc32c: crc32cToBase64(crc32c(LARGE)) });
    }
    assertEquals((await getBytes(store, "parts")).verified, true);
  },

  async "bytes that are changed on their way here are not those of the kept CRC-32C"(
    { store, server },
  ) {
    for (const [way, bytes] of Object.entries(WAYS)) {
      await store.put(way, bytes);
      for (const [chunkSize, times] of [[PART / 2, 1], [2 ** 20, 1], [2 ** 20, Infinity]] as const) {
        const match = { operation: operations.get, times };
        server.faults.add({ match, action: { kind: "flip", atByte: 5 } });
        const error = await assertRejects(() => getBytes(store, way, { chunkSize }), ChecksumMismatchError);
        assert(error.message.includes(crc32cToBase64(crc32c(bytes))), error.message);
        server.faults.clear();
      }
    }
  },

  async "what another program puts in a blob's place is not compared with the CRC-32C that it took over"(
    { store, container },
  ) {
    for (const [way, bytes] of Object.entries(WAYS)) {
      for (const [otherWay, write] of Object.entries(OTHER_WRITES)) {
        await store.put(way, bytes, { metadata: { mine: "1" } });
        const blob = container.getBlockBlobClient(way);
        const { metadata = {} } = await blob.getProperties();
        const other = sampleBytes(bytes.length, 9);
        await write(blob, other, metadata);
        for (const chunkSize of [PART / 2, 2 ** 20]) {
          const read = await getBytes(store, way, { chunkSize });
          assertEquals([read.bytes, read.verified], [other, false], `${way}, then ${otherWay}`);
          assert(read.unverified?.includes("another program"), read.unverified);
        }
        await using result = await store.get(way);
        assertEquals(new Uint8Array(await new Response(result.body).arrayBuffer()), other);
      }
    }
  },

  async "a copy of what another program put in a blob's place is read as it is, too"({ store, container }) {
    for (const [way, bytes] of Object.entries(WAYS)) {
      for (const [otherWay, write] of Object.entries(OTHER_WRITES)) {
        await store.put(way, bytes);
        const blob = container.getBlockBlobClient(way);
        const { metadata = {} } = await blob.getProperties();
        const other = sampleBytes(bytes.length, 9);
        await write(blob, other, metadata);
        await store.copy(way, "copy");
        const read = await getBytes(store, "copy");
        assertEquals([read.bytes, read.verified], [other, false], `${way}, then ${otherWay}`);
      }
    }
  },

  async "bytes of a copy that are changed on their way here are not those of the CRC-32C that it took over"(
    { store, container, server },
  ) {
    await store.put("object", LARGE);
    const { metadata = {} } = await container.getBlobClient("object").getProperties();
    const copies: Record<string, () => Promise<unknown>> = {
      ours: () => store.copy("object", "ours"),
      ...Object.fromEntries(
        Object.entries(OTHER_WRITES).map(([way, write]) => [
          `theirs ${way}`,
          () => write(container.getBlockBlobClient(`theirs ${way}`), LARGE, metadata),
        ]),
      ),
    };
    for (const [key, copy] of Object.entries(copies)) {
      await copy();
      assertEquals((await getBytes(store, key)).verified, true, key);
      server.faults.add({ match: { operation: operations.get }, action: { kind: "flip", atByte: 5 } });
      await assertRejects(() => getBytes(store, key), ChecksumMismatchError, "", key);
      server.faults.clear();
    }
  },

  async "a blob that is changed in size keeps no CRC-32C, and one that is only described anew keeps its own"(
    { store, container },
  ) {
    await store.put("object", LARGE);
    const blob = container.getBlockBlobClient("object");
    const { metadata = {} } = await blob.getProperties();
    await blob.setMetadata({ ...metadata, theirs: "2" });
    const described = await getBytes(store, "object");
    assertEquals([described.info.metadata, described.verified], [{ theirs: "2" }, true]);
    await setAttributes(store, "object", { metadata: { ours: "3" }, contentType: "text/csv" });
    const set = await getBytes(store, "object");
    assertEquals([set.info.metadata, set.info.contentType, set.verified], [{ ours: "3" }, "text/csv", true]);
    await store.put("whole", SMALL);
    const { contentMD5 } = await container.getBlobClient("whole").getProperties();
    await setAttributes(store, "whole", { contentType: "text/csv" });
    assertEquals((await container.getBlobClient("whole").getProperties()).contentMD5, contentMD5);
    assert(contentMD5, "the service keeps no MD5");
    await blob.upload(SMALL.slice(1), SMALL.length - 1, { metadata });
    assertEquals((await store.head("object")).checksums?.crc32c, undefined);
    await blob.setMetadata({});
    assertEquals((await store.head("object")).checksums?.crc32c, undefined);
  },

  async "of two writers of one key each commits its own blocks, or fails so that it can write again"(
    { store, container },
  ) {
    const other = sampleBytes(LARGE.length, 7);
    const open = async (bytes: Uint8Array) => {
      const writer = await store.createPartWriter("object", bytes.length, { partSize: PART });
      const write = (index: number) =>
        writer.writePart(index, bytes.subarray(index * PART, (index + 1) * PART));
      return { writer, write };
    };
    const [one, two] = [await open(LARGE), await open(other)];
    for (const index of [0, 1, 2, 3]) await Promise.all([one.write(index), two.write(index)]);
    await one.writer.close();
    assertEquals((await getBytes(store, "object")).bytes, LARGE);
    const error = await assertRejects(() => two.writer.close(), ServiceError, "another write");
    assertEquals(error.retryable, true);
    assertEquals((await getBytes(store, "object")).bytes, LARGE);
    assertEquals(
      (await container.getBlockBlobClient("object").getBlockList("uncommitted")).uncommittedBlocks ?? [],
      [],
    );
  },

  async "a copy whose blocks another writer's end took away is made again"(
    { store, server, container },
  ) {
    const from = new MemoryStore();
    await from.put("from", LARGE);
    const run = async () =>
      void await OTHER_WRITES["in blocks"]?.(container.getBlockBlobClient("to"), LARGE, {});
    server.faults.add({ match: { operation: operations.commit }, action: { kind: "before", run } });
    await copyObject(from, "from", store, "to", { chunkSize: PART });
    const commits = server.requests.filter(({ operation }) => operation === operations.commit);
    assertEquals(commits.filter(({ status }) => status === 400).length, 1);
    assertEquals((await getBytes(store, "to")).bytes, LARGE);
  },

  async "a conditional write whose answer is lost is known by its writer"({ store, server }) {
    for (const [way, bytes] of Object.entries(WAYS)) {
      const operation = way === "whole" ? operations.put : operations.commit;
      const lose = () =>
        server.faults.add({ match: { operation }, action: { kind: "drop-answer", how: "rst" } });
      lose();
      const { etag } = await store.put(way, bytes, { ifNoneMatch: "*" });
      assertEquals(etag, (await store.head(way)).etag);
      server.faults.clear();
      lose();
      const again = await store.put(way, bytes, { ifMatch: etag ?? "" });
      assertNotEquals(again.etag, etag);
      assertEquals(again.etag, (await store.head(way)).etag);
      server.faults.clear();
      // Somebody else's, of the very same bytes.
      lose();
      await assertRejects(() => store.put(way, bytes, { ifNoneMatch: "*" }));
      server.faults.clear();
      await assertRejects(() => store.put(way, bytes, { ifNoneMatch: "*" }), AlreadyExistsError);
    }
  },

  async "put() of many blocks goes in one request where another program's blocks are in the way"(
    { store, container, server },
  ) {
    await container.getBlockBlobClient("object").stageBlock(btoa("short"), "x", 1);
    const writer = await store.createPartWriter("object", LARGE.length, { partSize: PART });
    await assertRejects(() => writer.writePart(0, LARGE.subarray(0, PART)), ServiceError, "another program");
    await store.put("object", LARGE);
    const read = await getBytes(store, "object");
    assertEquals([read.bytes, read.verified], [LARGE, true]);
    assertEquals(server.requests.filter(({ operation }) => operation === operations.put).length, 1);
  },

  async "the CRC-64 goes with every body, lowest byte first, and no MD5 beside it"(
    { store, server },
  ) {
    const digits = new TextEncoder().encode("123456789");
    await store.put("whole", digits);
    await store.put("parts", LARGE);
    const sums = server.requests.filter(({ method }) => method === "PUT").map(({ headers }) => {
      assertEquals(headers["content-md5"], undefined);
      return headers["x-ms-content-crc64"];
    });
    // AE8B14860A799888, the check value of CRC-64/NVME.
    assertEquals([sums[0], sums.length, sums.includes(undefined)], ["iJh5CoYUi64=", 6, false]);
    for (const operation of [operations.put, operations.block]) {
      server.faults.add({ match: { operation }, action: { kind: "flip-request", atByte: 60 } });
      const write = () => store.put("object", operation === operations.put ? SMALL : LARGE);
      const { message } = await assertRejects(write, ChecksumMismatchError);
      assert(message.includes("other bytes than were sent"), message);
      server.faults.clear();
    }
    await assertRejects(() => store.head("object"), NotFoundError);
  },

  async "a leased blob is neither written nor described anew nor deleted, and the error says why"(
    { store, container },
  ) {
    await store.put("object", SMALL);
    const lease = container.getBlobClient("object").getBlobLeaseClient();
    await lease.acquireLease(-1);
    const calls = [
      () => store.put("object", SMALL),
      () => store.put("object", LARGE),
      () => setAttributes(store, "object", { contentType: "text/csv" }),
      () => setAttributes(store, "object", { metadata: { a: "b" } }),
      () => store.delete("object"),
    ];
    for (const call of calls) await assertRejects(call, PermissionDeniedError, "it is leased");
    assertEquals((await getBytes(store, "object")).bytes, SMALL);
    await lease.releaseLease();
    await store.put("object", LARGE);
  },

  async "setAttributes() says that the object was replaced between its requests"(
    { store, container, server },
  ) {
    const run = async () => void await container.getBlockBlobClient("object").upload("other", 5);
    const given = { contentType: "text/csv", metadata: { a: "b" }, tags: { a: "b" } };
    for (const operation of operations.set) {
      await store.put("object", SMALL);
      server.faults.add({ match: { operation }, action: { kind: "before", run } });
      await assertRejects(() => setAttributes(store, "object", given), PreconditionFailedError);
      const { contentType, metadata, tagCount } = await store.head("object");
      const isTagged = operation === "SetBlobTags";
      assertEquals([contentType, metadata, tagCount], [
        "application/octet-stream",
        {},
        isTagged ? 1 : undefined,
      ]);
      assertEquals((await getBytes(store, "object")).bytes, new TextEncoder().encode("other"));
    }
  },

  async "an aborted writer leaves no object to be seen"({ store, container }) {
    const writer = await store.createPartWriter("object", LARGE.length, { partSize: PART });
    await writer.writePart(1, LARGE.subarray(PART, 2 * PART));
    await writer.abort();
    assertEquals(await Array.fromAsync(store.list()), []);
    await assertRejects(() => store.head("object"), NotFoundError);
    const { uncommittedBlocks = [] } = await container.getBlockBlobClient("object").getBlockList(
      "uncommitted",
    );
    assertEquals(uncommittedBlocks.map(({ size }) => size), [PART]);
  },

  async "blocks grow so that 50,000 make up every object"({ store }) {
    for (const size of [2 ** 30, 2 ** 40, 4000 * 2 ** 20 * 50_000]) {
      await using writer = await store.createPartWriter("object", size);
      assert(writer.partCount <= 50_000, `${writer.partCount} blocks of ${size} bytes`);
    }
  },
};

/** How other programs write: all at once, or in blocks. */
const OTHER_WRITES: Readonly<
  Record<
    string,
    (blob: BlockBlobClient, bytes: Uint8Array, metadata: Record<string, string>) => Promise<unknown>
  >
> = {
  "at once": (blob, bytes, metadata) => blob.upload(bytes, bytes.length, { metadata }),
  async "in blocks"(blob, bytes, metadata) {
    const ids = [0, 1].map((index) => btoa(String(index).padStart(48, "0")));
    await blob.stageBlock(ids[0] ?? "", bytes.subarray(0, 400), 400);
    await blob.stageBlock(ids[1] ?? "", bytes.subarray(400), bytes.length - 400);
    await blob.commitBlockList(ids, { metadata });
  },
};
