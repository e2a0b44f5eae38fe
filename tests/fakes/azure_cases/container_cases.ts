import { assert, assertEquals } from "@std/assert";
import { type AzureCase, blockId, bytesOf, failure, namesOf } from "./azure_case.ts";

/** Listings, batches, containers, leases, snapshots and tiers. */
export const containerCases: readonly AzureCase[] = [
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
      assertEquals(await failure(() => blob.stageBlock(blockId(0), "y", 1)), "412 LeaseIdMissing");
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
    notAzurite: "it lists a blob before its snapshots",
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
