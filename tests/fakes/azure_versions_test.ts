import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { failure } from "./azure_cases/mod.ts";
import { type AccountSettings, codeOf, type FakeAzure, rawRequest, startFakeAzure } from "./azure/mod.ts";

const DAY_MS = 24 * 3_600_000;

interface Started extends AsyncDisposable {
  readonly fake: FakeAzure;
  readonly container: ContainerClient;
  /** Moves the fake's clock. */
  pass(ms: number): void;
}

/** A fake whose account keeps what `settings` say, with a clock of its own. */
async function start(settings: Partial<AccountSettings> = {}): Promise<Started> {
  let now = Date.now();
  const fake = await startFakeAzure({ containers: ["container"], settings, clock: () => now });
  const { name, keys: [key = ""] } = fake.account;
  const credential = new StorageSharedKeyCredential(name, key);
  const service = new BlobServiceClient(fake.endpoint(), credential, { retryOptions: { maxTries: 1 } });
  const container = service.getContainerClient("container");
  return {
    fake,
    container,
    pass: (ms) => void (now += ms),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

/** A request of its own date, past any clock that was moved. */
async function ask({ fake }: Started, method: string, query: string, headers: Record<string, string> = {}) {
  const body = method === "PUT" ? "" : undefined;
  return await rawRequest(fake, {
    method,
    path: "/container/a",
    query,
    headers,
    ...(body !== undefined && { body }),
  });
}

async function listed({ fake }: Started, include: string): Promise<string[]> {
  const query = `restype=container&comp=list&include=${include}`;
  const { text } = await rawRequest(fake, { path: "/container", query });
  return [...text.matchAll(/<Blob>(.*?)<\/Blob>/g)].map(([, blob = ""]) => {
    const has = (name: string) => blob.includes(`<${name}>`);
    return ["Name", "Deleted", "Snapshot", "VersionId", "IsCurrentVersion"].filter(has).join(" ");
  });
}

Deno.test("each write makes a version, and what it replaced stays", async () => {
  await using given = await start({ versioning: true });
  const { container } = given;
  const blob = container.getBlockBlobClient("a");
  const first = await blob.upload("one", 3);
  const second = await blob.upload("two", 3);
  assertNotEquals(first.versionId, second.versionId);
  const third = await blob.setMetadata({ m: "1" });
  assertNotEquals(third.versionId, second.versionId);
  assertEquals((await blob.withVersion(first.versionId ?? "").downloadToBuffer()).toString(), "one");
  const told = await blob.getProperties();
  assertEquals([told.versionId, told.isCurrentVersion], [third.versionId, true]);
  const old = await blob.withVersion(second.versionId ?? "").getProperties();
  assertEquals([old.isCurrentVersion, old.metadata], [undefined, {}]);
  assertEquals(await listed(given, "versions"), [
    "Name VersionId",
    "Name VersionId",
    "Name VersionId IsCurrentVersion",
  ]);
  assertEquals(await listed(given, ""), ["Name"]);
  assertEquals(
    await failure(() => blob.withVersion("yesterday").getProperties()),
    "400 InvalidQueryParameterValue",
  );
});

Deno.test("a deletion leaves the versions, and one of a version takes that one", async () => {
  await using given = await start({ versioning: true });
  const blob = given.container.getBlockBlobClient("a");
  const { versionId = "" } = await blob.upload("one", 3);
  const second = await blob.upload("two", 3);
  const current = blob.withVersion(second.versionId ?? "");
  assertEquals(await failure(() => current.delete()), "403 OperationNotAllowedOnRootBlob");
  await blob.delete();
  assertEquals(await failure(() => blob.getProperties()), "404 BlobNotFound");
  assertEquals(await listed(given, "versions"), ["Name VersionId", "Name VersionId"]);
  await blob.withVersion(versionId).delete();
  assertEquals(await failure(() => blob.withVersion(versionId).delete()), "404 BlobNotFound");
  assertEquals(await listed(given, "versions"), ["Name VersionId"]);
  await blob.beginCopyFromURL(current.url);
  assertEquals((await blob.downloadToBuffer()).toString(), "two");
});

Deno.test("a page may end among the versions of one blob", async () => {
  await using given = await start({ versioning: true });
  for (let i = 0; i < 5; i++) await given.container.getBlockBlobClient("a").upload(String(i), 1);
  await given.container.getBlockBlobClient("b").upload("x", 1);
  const pages: number[] = [];
  const all = given.container.listBlobsFlat({ includeVersions: true }).byPage({ maxPageSize: 2 });
  const seen = new Set<string>();
  for await (const { segment: { blobItems } } of all) {
    pages.push(blobItems.length);
    assert(pages.length <= 3, "no page comes twice");
    for (const { versionId } of blobItems) seen.add(versionId ?? "");
  }
  assertEquals([pages, seen.size], [[2, 2, 2], 6]);
});

Deno.test("what is deleted is kept for days, and can be had back", async () => {
  await using given = await start({ softDeleteDays: 3 });
  const { container, pass } = given;
  const blob = container.getBlockBlobClient("a");
  await blob.upload("one", 3);
  await blob.upload("two", 3);
  assertEquals(await listed(given, "deleted"), ["Name Deleted Snapshot", "Name"]);
  const removed = await ask(given, "DELETE", "");
  assertEquals([removed.status, removed.headers["x-ms-delete-type-permanent"]], [202, "false"]);
  assertEquals(await listed(given, ""), []);
  const [, item] = await Array.fromAsync(container.listBlobsFlat({ includeDeleted: true }));
  assertEquals([item?.deleted, item?.properties.remainingRetentionDays], [true, 3]);
  await blob.undelete();
  assertEquals((await blob.downloadToBuffer()).toString(), "two");
  assertEquals(await listed(given, "snapshots"), ["Name Snapshot", "Name"]);
  assertEquals(codeOf(await ask(given, "DELETE", "", { "x-ms-delete-snapshots": "include" })), "202");
  pass(3 * DAY_MS);
  assertEquals(await listed(given, "deleted"), []);
  assertEquals(codeOf(await ask(given, "PUT", "comp=undelete")), "BlobNotFound");
});

Deno.test("a version that is deleted and kept goes for good in a second step", async () => {
  await using given = await start({ versioning: true, softDeleteDays: 3 });
  const blob = given.container.getBlockBlobClient("a");
  const { versionId = "" } = await blob.upload("one", 3);
  await blob.upload("two", 3);
  const query = `versionid=${versionId}`;
  assertEquals(
    codeOf(await ask(given, "DELETE", `${query}&deletetype=permanent`)),
    "BlobSnapshotNotSoftDeleted",
  );
  assertEquals((await ask(given, "DELETE", query)).headers["x-ms-delete-type-permanent"], "false");
  assertEquals(await listed(given, "versions"), ["Name VersionId IsCurrentVersion"]);
  assertEquals((await listed(given, "versions,deleted")).length, 2);
  const gone = await ask(given, "DELETE", `${query}&deletetype=permanent`);
  assertEquals([gone.status, gone.headers["x-ms-delete-type-permanent"]], [202, "true"]);
  assertEquals((await listed(given, "versions,deleted")).length, 1);
});

Deno.test("a blob leaves the archive after a while", async () => {
  await using given = await start();
  const { fake, container, pass } = given;
  const blob = container.getBlockBlobClient("a");
  await blob.upload("x", 1, { tier: "Archive" });
  assertEquals(await failure(() => blob.downloadToBuffer()), "409 BlobArchived");
  assertEquals((await ask(given, "PUT", "comp=tier", { "x-ms-access-tier": "Hot" })).status, 202);
  const told = async () => {
    const { headers } = await ask(given, "HEAD", "");
    return [headers["x-ms-access-tier"], headers["x-ms-archive-status"], headers["x-ms-rehydrate-priority"]];
  };
  assertEquals(await told(), ["Archive", "rehydrate-pending-to-hot", "Standard"]);
  assertEquals(
    codeOf(await ask(given, "PUT", "comp=tier", { "x-ms-access-tier": "Cool" })),
    "BlobBeingRehydrated",
  );
  pass(fake.settings.rehydrationMs - 1);
  assertEquals(codeOf(await ask(given, "GET", "")), "BlobArchived");
  pass(1);
  assertEquals(await told(), ["Hot", undefined, undefined]);
  assertEquals((await ask(given, "GET", "")).text, "x");
});

Deno.test("a lease ends by its time, breaks after a period, and is changed and released", async () => {
  await using given = await start();
  const { pass } = given;
  await given.container.getBlockBlobClient("a").upload("x", 1);
  const [one, other] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];
  const lease = (action: string, headers: Record<string, string> = {}) =>
    ask(given, "PUT", "comp=lease", { "x-ms-lease-action": action, ...headers });
  const take = (id = one) => lease("acquire", { "x-ms-lease-duration": "15", "x-ms-proposed-lease-id": id });
  const write = async (id?: string) =>
    codeOf(await ask(given, "PUT", "comp=metadata", id === undefined ? {} : { "x-ms-lease-id": id }));
  assertEquals((await take()).headers["x-ms-lease-id"], one);
  assertEquals([await write(), await write(one)], ["LeaseIdMissing", "200"]);
  pass(14_999);
  assertEquals(await write(), "LeaseIdMissing");
  assertEquals((await lease("renew", { "x-ms-lease-id": one })).status, 200);
  pass(15_000);
  assertEquals([await write(one), await write()], ["LeaseLost", "200"]);
  assertEquals((await take()).status, 201);
  assertEquals(
    (await lease("change", { "x-ms-lease-id": one, "x-ms-proposed-lease-id": other })).status,
    200,
  );
  assertEquals(await write(one), "LeaseIdMismatchWithBlobOperation");
  assertEquals((await lease("break", { "x-ms-lease-break-period": "10" })).headers["x-ms-lease-time"], "10");
  assertEquals([codeOf(await take(one)), await write()], ["LeaseAlreadyPresent", "LeaseIdMissing"]);
  assertEquals(codeOf(await lease("renew", { "x-ms-lease-id": other })), "LeaseIsBrokenAndCannotBeRenewed");
  pass(10_000);
  assertEquals(await write(), "200");
  assertEquals((await take()).status, 201);
  assertEquals(
    codeOf(await lease("release", { "x-ms-lease-id": other })),
    "LeaseIdMismatchWithLeaseOperation",
  );
  assertEquals((await lease("release", { "x-ms-lease-id": one })).status, 200);
  assertEquals(await write(one), "LeaseNotPresentWithBlobOperation");
  assertEquals(codeOf(await lease("acquire", { "x-ms-lease-duration": "14" })), "InvalidHeaderValue");
});

Deno.test("what a policy or a legal hold protects is neither overwritten nor deleted", async () => {
  await using given = await start();
  const { fake, container, pass } = given;
  const blob = container.getBlockBlobClient("a");
  await blob.upload("x", 1);
  const until = { "x-ms-immutability-policy-until-date": new Date(fake.clock() + DAY_MS).toUTCString() };
  const protect = () => ask(given, "PUT", "comp=immutabilityPolicies", until);
  assertEquals(codeOf(await protect()), "ImmutableStorageWithVersioningNotEnabled");
  fake.container("container").immutableVersions = true;
  assertEquals((await protect()).status, 200);
  assertEquals(await failure(() => blob.upload("y", 1)), "409 BlobImmutableDueToPolicy");
  assertEquals(await failure(() => blob.delete()), "409 BlobImmutableDueToPolicy");
  const { immutabilityPolicyMode } = await blob.getProperties();
  assertEquals(immutabilityPolicyMode, "unlocked");
  pass(DAY_MS);
  const put = () => ask(given, "PUT", "", { "x-ms-blob-type": "BlockBlob" });
  assertEquals((await put()).status, 201);
  const hold = (on: boolean) => ask(given, "PUT", "comp=legalhold", { "x-ms-legal-hold": String(on) });
  assertEquals((await hold(true)).status, 200);
  assertEquals(codeOf(await put()), "BlobImmutableDueToPolicy");
  assertEquals((await hold(false)).status, 200);
  fake.container("container").legalHold = true;
  assertEquals(codeOf(await ask(given, "DELETE", "")), "BlobImmutableDueToPolicy");
});

Deno.test("where versions are kept, a policy on one lets others be written, but not that one be deleted", async () => {
  await using given = await start({ versioning: true });
  const { fake, container } = given;
  fake.container("container").immutableVersions = true;
  const blob = container.getBlockBlobClient("a");
  const { versionId = "" } = await blob.upload("x", 1);
  await blob.setImmutabilityPolicy({ expiriesOn: new Date(fake.clock() + DAY_MS), policyMode: "Locked" });
  await blob.upload("y", 1);
  assertEquals(await failure(() => blob.withVersion(versionId).delete()), "409 BlobImmutableDueToPolicy");
  await blob.delete();
});

Deno.test("containers that are deleted are kept for days, and can be had back", async () => {
  await using given = await start({ containerSoftDeleteDays: 2 });
  const { fake, container, pass } = given;
  await container.getBlockBlobClient("a").upload("x", 1);
  await container.delete();
  const list = async () => (await rawRequest(fake, { query: "comp=list&include=deleted" })).text;
  const version = /<Version>(.*?)<\/Version>/.exec(await list())?.[1] ?? "";
  const headers = { "x-ms-deleted-container-name": "container", "x-ms-deleted-container-version": version };
  const restore = () =>
    rawRequest(fake, {
      method: "PUT",
      path: "/container",
      query: "restype=container&comp=undelete",
      headers,
      body: "",
    });
  assertEquals((await restore()).status, 201);
  assertEquals(fake.bytes("container", "a"), new TextEncoder().encode("x"));
  await container.delete();
  pass(2 * DAY_MS);
  assertEquals((await list()).includes("<Name>container</Name>"), false);
  assertEquals(codeOf(await restore()), "ContainerNotFound");
});

Deno.test("blobs are found by their tags, and tags are conditions", async () => {
  await using given = await start();
  const { container } = given;
  for (const [key, kind] of [["a", "x"], ["b", "y"]] as const) {
    await container.getBlockBlobClient(key).upload(key, 1, { tags: { kind, all: "1" } });
  }
  const found = await Array.fromAsync(container.findBlobsByTags(`"all"='1' AND "kind"='y'`));
  assertEquals(found.map(({ name }) => name), ["b"]);
  const read = (value: string) =>
    container.getBlobClient("a").getProperties({ conditions: { tagConditions: `"kind" = '${value}'` } });
  await read("x");
  assertEquals(await failure(() => read("y")), "412 ConditionNotMet");
});

Deno.test("the account says how long it keeps what is deleted, and is told", async () => {
  await using given = await start();
  const { name, keys: [key = ""] } = given.fake.account;
  const service = new BlobServiceClient(given.fake.endpoint(), new StorageSharedKeyCredential(name, key));
  await service.setProperties({ deleteRetentionPolicy: { enabled: true, days: 5 } });
  const { deleteRetentionPolicy } = await service.getProperties();
  assertEquals([deleteRetentionPolicy?.enabled, deleteRetentionPolicy?.days], [true, 5]);
  assertEquals(given.fake.account.softDeleteDays, 5);
});
