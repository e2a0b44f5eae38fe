import { assertEquals, assertStringIncludes } from "@std/assert";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { crc64, failure, sample } from "./azure_cases/mod.ts";
import { codeOf, type FakeAzure, type FakeAzureOptions, rawRequest, startFakeAzure } from "./azure/mod.ts";

/** A fake with a source in another account, and its containers by the service's own client. */
async function start(options: FakeAzureOptions = {}) {
  const fake = await startFakeAzure({ containers: ["container"], ...options });
  const other = fake.createAccount("other");
  fake.createContainer("source", { account: other });
  const clientOf = ({ name, keys: [key = ""] }: FakeAzure["account"]): ContainerClient => {
    const credential = new StorageSharedKeyCredential(name, key);
    const service = new BlobServiceClient(fake.endpoint(fake.accounts.get(name)), credential, {
      retryOptions: { maxTries: 1 },
    });
    return service.getContainerClient(name === "other" ? "source" : "container");
  };
  const [container, source] = [clientOf(fake.account), clientOf(other)];
  const data = sample(1000);
  await source.getBlockBlobClient("s").upload(data, data.length, {
    metadata: { m: "1" },
    tags: { t: "1" },
    blobHTTPHeaders: { blobContentType: "text/plain" },
  });
  const signed = await source.getBlobClient("s").generateSasUrl({
    permissions: { toString: () => "rt" } as never,
    expiresOn: new Date(fake.clock() + 3_600_000),
  });
  const plain = source.getBlobClient("s").url;
  return {
    fake,
    container,
    source,
    data,
    signed,
    plain,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

Deno.test("Put Blob From URL reads a source that anybody, a signature or a token lets it read", async () => {
  await using given = await start();
  const { fake, container, data, signed, plain } = given;
  const copy = container.getBlockBlobClient("c");
  assertEquals(await failure(() => copy.syncUploadFromURL(plain)), "404 CannotVerifyCopySource");
  await copy.syncUploadFromURL(signed);
  assertEquals(new Uint8Array(await copy.downloadToBuffer()), data);
  const { contentType, metadata, tagCount } = await copy.getProperties();
  assertEquals([contentType, metadata, tagCount], ["text/plain", { m: "1" }, undefined]);
  const reader = fake.addPrincipal({ role: "reader" });
  const sourceAuthorization = { scheme: "Bearer", value: fake.issueToken(reader) };
  await copy.syncUploadFromURL(plain, {
    sourceAuthorization,
    metadata: { n: "2" },
    copySourceBlobProperties: false,
  });
  const second = await copy.getProperties();
  assertEquals([second.contentType, second.metadata], ["application/octet-stream", { n: "2" }]);
  assertEquals(fake.requests.filter(({ operation }) => operation === "PutBlobFromURL").length, 3);
  assertEquals(
    fake.requests.filter(({ operation }) => operation === "GetBlob").length,
    1,
    "sources are read inside",
  );
});

Deno.test("Put Blob From URL holds conditions of both sides, a checksum, and the limit", async () => {
  await using given = await start();
  const { fake, container, data, signed } = given;
  const copy = container.getBlockBlobClient("c");
  const put = (options: object) => failure(() => copy.syncUploadFromURL(signed, options));
  assertEquals(await put({ sourceConditions: { ifMatch: '"0x1"' } }), "412 SourceConditionNotMet");
  assertEquals(await put({ sourceContentMD5: new Uint8Array(16) }), "400 Md5Mismatch");
  assertEquals(await put({ conditions: { ifMatch: '"0x1"' } }), "412 ConditionNotMet");
  fake.settings.maxCopySize = data.length - 1;
  assertEquals(await put({}), "413 RequestBodyTooLarge");
  fake.settings.refusesPutBlobFromUrl = true;
  assertEquals(await put({}), "501 APINotImplemented");
  assertEquals(await failure(() => copy.syncUploadFromURL(`${signed}x`)), "501 APINotImplemented");
});

Deno.test("a source that is missing or refused is told with its own reason", async () => {
  await using given = await start();
  const { fake, signed } = given;
  const put = (source: string) =>
    rawRequest(fake, {
      method: "PUT",
      path: "/container/c",
      headers: { "x-ms-blob-type": "BlockBlob", "x-ms-copy-source": source, "content-length": "0" },
    });
  const missing = await put(signed.replace("/source/s", "/source/no"));
  assertEquals([missing.status, codeOf(missing)], [403, "CannotVerifyCopySource"]);
  assertEquals(missing.headers["x-ms-copy-source-error-code"], "AuthenticationFailed");
  const account = fake.accounts.get("other");
  account?.containers.get("source")?.forget("s");
  const gone = await put(signed);
  assertEquals([gone.status, codeOf(gone)], [404, "CannotVerifyCopySource"]);
  assertEquals(gone.headers["x-ms-copy-source-error-code"], "BlobNotFound");
  assertEquals(gone.headers["x-ms-copy-source-status-code"], "404");
  assertEquals(codeOf(await put("nowhere")), "InvalidHeaderValue");
});

Deno.test("Put Block From URL takes a range of its source", async () => {
  await using given = await start();
  const { fake, container, data, signed } = given;
  const copy = container.getBlockBlobClient("c");
  const first = await copy.stageBlockFromURL(btoa("0"), signed, 0, 600);
  assertEquals(new Uint8Array(first.xMsContentCrc64 ?? []).toBase64(), crc64(data.slice(0, 600)));
  await copy.stageBlockFromURL(btoa("1"), signed, 600);
  await copy.commitBlockList([btoa("0"), btoa("1")]);
  assertEquals(new Uint8Array(await copy.downloadToBuffer()), data);
  const stage = (offset: number, count: number, options = {}) =>
    failure(() => copy.stageBlockFromURL(btoa("2"), signed, offset, count, options));
  assertEquals(await stage(900, 101), "416 InvalidRange");
  assertEquals(await stage(0, 10, { sourceContentCrc64: new Uint8Array(8) }), "400 Crc64Mismatch");
  const headers = { "x-ms-copy-source": signed, "x-ms-source-if-match": '"0x1"', "content-length": "0" };
  const query = "comp=block&blockid=MA==";
  const stale = await rawRequest(fake, { method: "PUT", path: "/container/c", query, headers });
  assertEquals([stale.status, codeOf(stale)], [412, "SourceConditionNotMet"]);
  fake.settings.maxBlockSize = 9;
  assertEquals(await stage(0, 10), "413 RequestBodyTooLarge");
});

Deno.test("a source on another server is fetched from there", async () => {
  await using given = await start();
  await using elsewhere = await startFakeAzure({ containers: ["public"] });
  elsewhere.container("public").publicAccess = "blob";
  elsewhere.putBlob("public", "a b", "from elsewhere");
  const copy = given.container.getBlockBlobClient("c");
  await copy.syncUploadFromURL(`${elsewhere.endpoint()}/public/a%20b`);
  assertEquals((await copy.downloadToBuffer()).toString(), "from elsewhere");
  assertEquals(
    await failure(() => copy.syncUploadFromURL(`${elsewhere.endpoint()}/public/no`)),
    "404 CannotVerifyCopySource",
  );
});

Deno.test("Copy Blob within an account needs no signature, and is done with its answer", async () => {
  await using given = await start();
  const { container } = given;
  const blob = container.getBlockBlobClient("a");
  await blob.stageBlock(btoa("0"), "abc", 3);
  await blob.commitBlockList([btoa("0")], {
    metadata: { m: "1" },
    blobHTTPHeaders: { blobContentType: "text/plain" },
  });
  const copy = container.getBlockBlobClient("c");
  const { copyStatus, copyId } = await (await copy.beginCopyFromURL(blob.url)).pollUntilDone();
  assertEquals(copyStatus, "success");
  const told = await copy.getProperties();
  assertEquals([told.copyId, told.copyProgress, told.contentType], [copyId, "3/3", "text/plain"]);
  assertEquals(told.metadata, { m: "1" });
  assertEquals((await copy.getBlockList("committed")).committedBlocks?.length, 1);
  assertEquals(await failure(() => copy.abortCopyFromURL(copyId ?? "")), "409 NoPendingCopyOperation");
});

Deno.test("Copy Blob takes its time, tells its progress, and may fail or be aborted", async () => {
  let now = Date.now();
  await using given = await start({ clock: () => now, copyMs: 10_000 });
  const { fake, container, data, signed } = given;
  const copy = container.getBlockBlobClient("c");
  const begin = async () => {
    const headers = { "x-ms-copy-source": signed, "content-length": "0" };
    const answer = await rawRequest(fake, { method: "PUT", path: "/container/c", headers });
    assertEquals([answer.status, answer.headers["x-ms-copy-status"]], [202, "pending"]);
    return answer.headers["x-ms-copy-id"] ?? "";
  };
  const told = async () => {
    const { headers } = await rawRequest(fake, { method: "HEAD", path: "/container/c" });
    assertStringIncludes(headers["x-ms-copy-source"] ?? "", "/source/s");
    return [headers["x-ms-copy-status"], headers["x-ms-copy-progress"], headers["content-length"]];
  };
  await begin();
  assertEquals(await told(), ["pending", "0/1000", "0"]);
  now += 4000;
  assertEquals(await told(), ["pending", "400/1000", "0"]);
  const write = {
    method: "PUT",
    path: "/container/c",
    body: "x",
    headers: { "x-ms-blob-type": "BlockBlob" },
  };
  assertEquals(codeOf(await rawRequest(fake, write)), "PendingCopyOperation");
  now += 6000;
  assertEquals(await told(), ["success", "1000/1000", "1000"]);
  assertEquals(fake.bytes("container", "c"), data);
  const id = await begin();
  const abort = (copyid: string) =>
    rawRequest(fake, {
      method: "PUT",
      path: "/container/c",
      query: `comp=copy&copyid=${copyid}`,
      headers: { "x-ms-copy-action": "abort", "content-length": "0" },
    });
  now += 5000;
  assertEquals(codeOf(await abort("another")), "CopyIdMismatch");
  assertEquals((await abort(id)).status, 204);
  now += 60_000;
  assertEquals(await told(), ["aborted", "500/1000", "0"]);
  fake.settings.copyFailure = "500 InternalServerError";
  await begin();
  now += 10_000;
  assertEquals((await told())[0], "failed");
  assertEquals(fake.bytes("container", "c"), new Uint8Array(0));
  assertEquals(copy.name, "c");
});
