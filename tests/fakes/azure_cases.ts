import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BlobServiceClient, ContainerClient, RestError } from "@azure/storage-blob";
import { Crc64Nvme } from "./parts/crc.ts";

/** A service for one case, asked by its own client. */
export interface CaseService {
  /** The account. */
  readonly service: BlobServiceClient;
  /** An empty container. */
  readonly container: ContainerClient;
}

/** Something that the service and every stand-in for it does. */
export interface AzureCase {
  /** What. */
  readonly name: string;
  /** Why Azurite does otherwise. */
  readonly notAzurite?: string;
  /** Asks. */
  run(given: CaseService): Promise<void>;
}

/** Bytes that differ from one another. */
export function sample(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 7 + seed * 31 + (index >> 8)) & 255);
}

/** The status and code of what a call fails with. */
export async function failure(call: () => Promise<unknown>): Promise<string> {
  const { statusCode, code, details } = await assertRejects(call) as RestError & {
    details?: { errorCode?: string };
  };
  return `${statusCode} ${code ?? details?.errorCode ?? ""}`;
}

/** The CRC-64/NVME of bytes as the service writes it. */
export function crc64(bytes: Uint8Array): string {
  const crc = new Crc64Nvme();
  crc.update(bytes);
  return crc.digest().toReversed().toBase64();
}

const id = (index: number) => btoa(String(index).padStart(5, "0"));
const bytesOf = async (container: ContainerClient, key: string) =>
  new Uint8Array(await container.getBlobClient(key).downloadToBuffer());

async function namesOf(container: ContainerClient, options = {}): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat(options)) names.push(name);
  return names;
}

/** Blobs, their blocks, their attributes, and their listings. */
export const azureCases: readonly AzureCase[] = [
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
      for (const index of [2, 0, 1]) await blob.stageBlock(id(index), sample(100, index), 100);
      assertEquals(await failure(() => blob.getProperties()), "404 BlobNotFound");
      assertEquals(await namesOf(container), []);
      assertEquals(await namesOf(container, { includeUncommitedBlobs: true }), ["a"]);
      const open = await blob.getBlockList("all");
      assertEquals(open.uncommittedBlocks?.map(({ name, size }) => [name, size]), [
        [id(0), 100],
        [id(1), 100],
        [id(2), 100],
      ]);
      await blob.commitBlockList([id(0), id(1), id(2)], { metadata: { a: "1" } });
      assertEquals(
        await bytesOf(container, "a"),
        Uint8Array.from([0, 1, 2].flatMap((index) => [...sample(100, index)])),
      );
      const list = await blob.getBlockList("all");
      assertEquals(list.committedBlocks?.map(({ name }) => name), [id(0), id(1), id(2)]);
      assertEquals(list.uncommittedBlocks, []);
      assertEquals((await blob.getProperties()).metadata, { a: "1" });
    },
  },
  {
    name: "a list takes committed blocks again and clears attributes that it does not give",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      for (const index of [0, 1]) await blob.stageBlock(id(index), sample(10, index), 10);
      await blob.commitBlockList([id(0), id(1)], { metadata: { a: "1" }, tags: { t: "1" } });
      await blob.stageBlock(id(2), sample(10, 2), 10);
      await blob.commitBlockList([id(2), id(0)]);
      assertEquals(await bytesOf(container, "a"), Uint8Array.from([...sample(10, 2), ...sample(10, 0)]));
      const { metadata, tagCount } = await blob.getProperties();
      assertEquals([metadata, tagCount], [{}, undefined]);
      assertEquals(await failure(() => blob.commitBlockList([id(1)])), "400 InvalidBlockList");
      assertEquals(await failure(() => blob.commitBlockList([id(7)])), "400 InvalidBlockList");
    },
  },
  {
    name: "the list of a commit may be conditional",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.upload("x", 1);
      await blob.stageBlock(id(0), sample(10), 10);
      const commit = (conditions: object) => blob.commitBlockList([id(0)], { conditions });
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
      const stage = (options: object) => blob.stageBlock(id(0), data, data.length, options);
      assertEquals(await failure(() => stage({ transactionalContentMD5: wrong })), "400 Md5Mismatch");
      assertEquals(
        await failure(() => stage({ transactionalContentCrc64: new Uint8Array(8) })),
        "400 Crc64Mismatch",
      );
      assertEquals(
        await failure(() => stage({ transactionalContentCrc64: sum.toReversed() })),
        "400 Crc64Mismatch",
      );
      const plain = await blob.stageBlock(id(0), data, data.length);
      assertEquals(new Uint8Array(plain.xMsContentCrc64 ?? []).toBase64(), crc64(data));
      await blob.stageBlock(id(0), data, data.length, { transactionalContentCrc64: sum });
      const { contentMD5 } = await blob.upload(data, data.length);
      assertEquals(
        new Uint8Array((await blob.getProperties()).contentMD5 ?? []),
        new Uint8Array(contentMD5 ?? []),
      );
      await blob.stageBlock(id(0), data, data.length);
      await blob.commitBlockList([id(0)]);
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
  {
    name: "a listing goes by pages and folds at a delimiter",
    async run({ container }) {
      for (const key of ["b/2", "a", "b/1", "c", "b-1", "b.1"]) {
        await container.uploadBlockBlob(key, key, key.length);
      }
      assertEquals(await namesOf(container), ["a", "b-1", "b.1", "b/1", "b/2", "c"]);
      assertEquals(await namesOf(container, { prefix: "b/" }), ["b/1", "b/2"]);
      const pages: string[][] = [];
      const all = container.listBlobsByHierarchy("/").byPage({ maxPageSize: 2 });
      for await (const { segment } of all) {
        pages.push([...segment.blobPrefixes ?? [], ...segment.blobItems].map(({ name }) => name).sort());
      }
      assertEquals(pages, [["a", "b-1"], ["b.1", "b/"], ["c"]]);
    },
  },
  {
    name: "a listing tells what a blob is",
    async run({ container }) {
      await container.uploadBlockBlob("a", "abc", 3, {
        metadata: { m: "1" },
        tags: { t: "<&>".length.toString() },
        blobHTTPHeaders: { blobContentType: "text/plain", blobContentEncoding: "identity" },
      });
      const [item] = await Array.fromAsync(
        container.listBlobsFlat({ includeMetadata: true, includeTags: true }),
      );
      const read = await container.getBlobClient("a").getProperties();
      assertEquals(item?.properties.contentLength, 3);
      assertEquals(item?.properties.contentType, "text/plain");
      assertEquals(item?.properties.contentEncoding, "identity");
      assertEquals(item?.properties.etag, read.etag?.replaceAll('"', ""));
      assertEquals(item?.properties.lastModified, read.lastModified);
      assertEquals(item?.properties.blobType, "BlockBlob");
      assertEquals(item?.properties.accessTier, "Hot");
      assertEquals([item?.metadata, item?.tags], [{ m: "1" }, { t: "3" }]);
    },
  },
  {
    name: "a listing begins at a name",
    async run({ container }) {
      for (const key of ["a", "b", "b/1", "c"]) await container.uploadBlockBlob(key, "", 0);
      assertEquals(await namesOf(container, { startFrom: "b" }), ["b", "b/1", "c"]);
      assertEquals(await namesOf(container, { startFrom: "b!" }), ["b/1", "c"]);
    },
  },
  {
    name: "names of all kinds come back from a listing",
    async run({ container }) {
      const names = ["<&>\"'", "%41", "a b", "a+b", "a//b", "ä", "🙀", "\uffed", "#?=", "A", "a:b;c,d@e"];
      for (const name of names) {
        await container.uploadBlockBlob(name, name, new TextEncoder().encode(name).length);
      }
      assertEquals((await namesOf(container)).sort(), names.toSorted());
      for (const name of names) {
        assertEquals(new TextDecoder().decode(await bytesOf(container, name)), name);
      }
    },
  },
  {
    name: "a batch answers for each blob",
    async run({ service, container }) {
      for (const key of ["a", "b/ü"]) await container.uploadBlockBlob(key, "", 0);
      const clients = ["a", "no", "b/ü"].map((key) => container.getBlobClient(key));
      const { subResponses } = await service.getBlobBatchClient().deleteBlobs(clients);
      assertEquals(subResponses.map(({ status, errorCode }) => [status, errorCode]), [
        [202, undefined],
        [404, "BlobNotFound"],
        [202, undefined],
      ]);
      assertEquals(await namesOf(container), []);
    },
  },
  {
    name: "containers are made, listed and deleted",
    async run({ service, container }) {
      assertEquals(await failure(() => container.create()), "409 ContainerAlreadyExists");
      const other = service.getContainerClient(`${container.containerName.slice(0, 40)}-other`);
      await other.create({ metadata: { m: "1" } });
      assertEquals((await other.getProperties()).metadata, { m: "1" });
      const names: string[] = [];
      for await (const { name } of service.listContainers()) names.push(name);
      assert(names.includes(other.containerName) && names.includes(container.containerName));
      await other.delete();
      assertEquals(await other.exists(), false);
    },
  },
  {
    name: "names of containers have rules",
    async run({ service }) {
      for (const name of ["a_b", "Abc", "a--b", "-ab", "ab-"]) {
        assertEquals(
          await failure(() => service.getContainerClient(name).create()),
          "400 InvalidResourceName",
          name,
        );
      }
      assertEquals(await failure(() => service.getContainerClient("ab").create()), "400 OutOfRangeInput");
    },
  },
  {
    name: "a leased blob is written and deleted with its lease alone",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.upload("x", 1);
      const lease = blob.getBlobLeaseClient();
      const { leaseId = "" } = await lease.acquireLease(-1);
      assertEquals(await failure(() => blob.upload("y", 1)), "412 LeaseIdMissing");
      assertEquals(await failure(() => blob.delete()), "412 LeaseIdMissing");
      assertEquals(await failure(() => blob.stageBlock(id(0), "y", 1)), "412 LeaseIdMissing");
      const other = "00000000-0000-0000-0000-000000000000";
      const conditions = { leaseId: other };
      assertEquals(
        await failure(() => blob.upload("y", 1, { conditions })),
        "412 LeaseIdMismatchWithBlobOperation",
      );
      const { leaseState, leaseStatus, leaseDuration } = await blob.getProperties();
      assertEquals([leaseState, leaseStatus, leaseDuration], ["leased", "locked", "infinite"]);
      await blob.upload("y", 1, { conditions: { leaseId } });
      assertEquals(
        await failure(() => blob.getBlobLeaseClient(other).acquireLease(-1)),
        "409 LeaseAlreadyPresent",
      );
      await lease.breakLease(0);
      await blob.upload("z", 1);
      await blob.delete();
    },
  },
  {
    name: "snapshots are read, listed, and go with their blob",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.upload("one", 3);
      const { snapshot = "" } = await blob.createSnapshot();
      await blob.upload("two", 3);
      assertEquals((await blob.withSnapshot(snapshot).downloadToBuffer()).toString(), "one");
      const listed = await Array.fromAsync(container.listBlobsFlat({ includeSnapshots: true }));
      assertEquals(listed.map(({ snapshot }) => snapshot), [snapshot, undefined]);
      assertEquals(await failure(() => blob.delete()), "409 SnapshotsPresent");
      await blob.delete({ deleteSnapshots: "include" });
      assertEquals(await namesOf(container, { includeSnapshots: true }), []);
    },
  },
  {
    name: "a tier is set, and the archive cannot be read",
    async run({ container }) {
      const blob = container.getBlockBlobClient("a");
      await blob.upload("x", 1, { tier: "Cool" });
      assertEquals((await blob.getProperties()).accessTier, "Cool");
      await blob.setAccessTier("Archive");
      assertEquals((await blob.getProperties()).accessTier, "Archive");
      assertEquals(await failure(() => blob.download()), "409 BlobArchived");
    },
  },
  {
    name: "the account says what it is",
    async run({ service }) {
      const { accountKind, skuName, isHierarchicalNamespaceEnabled } = await service.getAccountInfo();
      assertEquals([accountKind, isHierarchicalNamespaceEnabled], ["StorageV2", false]);
      assert(skuName?.startsWith("Standard_"));
    },
  },
];
