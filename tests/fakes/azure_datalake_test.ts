import { assertEquals } from "@std/assert";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import {
  type DataLakeFileSystemClient,
  DataLakeServiceClient,
  StorageSharedKeyCredential as PathKeyCredential,
} from "@azure/storage-file-datalake";
import { failure } from "./azure_cases/mod.ts";
import { codeOf, type FakeAzure, type FakeAzureOptions, rawRequest, startFakeAzure } from "./azure/mod.ts";

interface Started extends AsyncDisposable {
  readonly fake: FakeAzure;
  readonly files: DataLakeFileSystemClient;
  readonly container: ContainerClient;
}

/** A fake with a hierarchical namespace, by the clients of both of its endpoints. */
async function start(options: FakeAzureOptions = {}): Promise<Started> {
  const settings = { hierarchical: true, ...options.settings };
  const fake = await startFakeAzure({ containers: ["container"], ...options, settings });
  const { name, keys: [key = ""] } = fake.account;
  const given = { retryOptions: { maxTries: 1 } };
  const paths = new DataLakeServiceClient(fake.endpoint(), new PathKeyCredential(name, key), given);
  const blobs = new BlobServiceClient(fake.endpoint(), new StorageSharedKeyCredential(name, key), given);
  return {
    fake,
    files: paths.getFileSystemClient("container"),
    container: blobs.getContainerClient("container"),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

const put = (container: ContainerClient, key: string, text = key) =>
  container.getBlockBlobClient(key).upload(text, text.length);

async function flat(container: ContainerClient, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const item of container.listBlobsFlat({ prefix, includeMetadata: true })) {
    names.push(item.metadata?.["hdi_isfolder"] === "true" ? `[${item.name}]` : item.name);
  }
  return names;
}

async function folded(container: ContainerClient, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsByHierarchy("/", { prefix })) names.push(name);
  return names;
}

async function pathsOf(files: DataLakeFileSystemClient, options = {}): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of files.listPaths(options)) {
    names.push(isDirectory ? `[${name}]` : name ?? "");
  }
  return names;
}

Deno.test("a blob of a hierarchical namespace makes the directories above it", async () => {
  await using given = await start();
  const { container, files } = given;
  await put(container, "a/b/c");
  assertEquals(await flat(container), ["[a]", "[a/b]", "a/b/c"]);
  assertEquals(await folded(container), ["a/"]);
  assertEquals(await folded(container, "a/"), ["a/b/"]);
  assertEquals(await pathsOf(files), ["[a]"]);
  assertEquals(await pathsOf(files, { path: "a", recursive: true }), ["[a/b]", "a/b/c"]);
  const { metadata } = await container.getBlobClient("a/b").getProperties();
  assertEquals(metadata, { hdi_isfolder: "true" });
  assertEquals(await failure(() => put(container, "a/b/c/d")), "409 PathConflict");
  assertEquals(await failure(() => put(container, "a/b")), "409 ResourceTypeMismatch");
  assertEquals(await failure(() => flat(container, "a/b/c/")), "409 ResourceTypeMismatch");
  assertEquals(await failure(() => pathsOf(files, { path: "no" })), "404 PathNotFound");
});

Deno.test("a path has no empty segments, and a directory comes before what its name begins", async () => {
  await using given = await start();
  const { container } = given;
  for (const key of ["a//b/", "a-b", "a.txt", "a/x/y", "B"]) await put(container, key, "x");
  assertEquals(await flat(container), ["B", "[a]", "a/b", "[a/x]", "a/x/y", "a-b", "a.txt"]);
  const pages: string[][] = [];
  for await (const { segment } of container.listBlobsByHierarchy("/").byPage({ maxPageSize: 1 })) {
    pages.push([...segment.blobPrefixes ?? [], ...segment.blobItems].map(({ name }) => name));
  }
  assertEquals(pages, [["B"], ["a/"], ["a-b"], ["a.txt"]]);
});

Deno.test("a directory is made, described and deleted, with all in it only where that is asked for", async () => {
  await using given = await start();
  const { container, files } = given;
  const directory = files.getDirectoryClient("d/e");
  await directory.create({ metadata: { m: "1" } });
  await put(container, "d/e/f");
  assertEquals((await directory.createIfNotExists()).succeeded, false);
  assertEquals((await directory.getProperties()).metadata, { m: "1", hdi_isfolder: "true" });
  assertEquals(await failure(() => container.deleteBlob("d/e")), "409 DirectoryIsNotEmpty");
  assertEquals(await failure(() => directory.delete(false)), "409 DirectoryNotEmpty");
  await directory.delete(true);
  assertEquals(await flat(container), ["[d]"]);
  await container.deleteBlob("d");
  assertEquals(await flat(container), []);
  assertEquals(await failure(() => directory.delete(true)), "404 PathNotFound");
});

Deno.test("the deletion of a large directory goes on where it was left", async () => {
  await using given = await start({ maxPathDeletions: 2 });
  const { container, fake } = given;
  for (const key of ["d/a", "d/b", "d/c", "d/d"]) await put(container, key);
  const remove = () => rawRequest(fake, { method: "DELETE", path: "/container/d", query: "recursive=true" });
  const first = await remove();
  assertEquals([first.status, (first.headers["x-ms-continuation"] ?? "") !== ""], [200, true]);
  assertEquals(await flat(container), ["[d]", "d/a", "d/b"]);
  await remove();
  const last = await remove();
  assertEquals([last.status, last.headers["x-ms-continuation"]], [200, undefined]);
  assertEquals(await flat(container), []);
});

Deno.test("a file is written by appending, which nobody sees before it is flushed", async () => {
  await using given = await start();
  const { container, files } = given;
  const file = files.getFileClient("d/f");
  await file.create({ pathHttpHeaders: { contentType: "text/plain" } });
  await file.append("one ", 0, 4);
  await file.append("two", 4, 3);
  assertEquals((await container.getBlobClient("d/f").getProperties()).contentLength, 0);
  assertEquals(await failure(() => file.flush(6)), "400 InvalidFlushPosition");
  await file.flush(7);
  assertEquals((await file.readToBuffer()).toString(), "one two");
  assertEquals((await file.getProperties()).contentType, "text/plain");
});

Deno.test("a rename is one step, on conditions of both sides, and never makes a parent", async () => {
  await using given = await start();
  const { container, files, fake } = given;
  await put(container, "d/a");
  await put(container, "d/e/b");
  await put(container, "t");
  const file = files.getFileClient("d/a");
  assertEquals(await failure(() => file.move("no/a")), "404 RenameDestinationParentPathNotFound");
  assertEquals(await failure(() => files.getFileClient("no").move("x")), "404 SourcePathNotFound");
  const onto = { destinationConditions: { ifNoneMatch: "*" } };
  assertEquals(await failure(() => file.move("t", onto)), "409 PathAlreadyExists");
  await file.move("d/e/c");
  assertEquals(await flat(container), ["[d]", "[d/e]", "d/e/b", "d/e/c", "t"]);
  await files.getDirectoryClient("d/e").move("m");
  assertEquals(await flat(container), ["[d]", "[m]", "m/b", "m/c", "t"]);
  assertEquals(fake.bytes("container", "m/c"), new TextEncoder().encode("d/a"));
  assertEquals(await failure(() => files.getDirectoryClient("m").move("m/n")), "409 InvalidRenameSourcePath");
  assertEquals(
    await failure(() => files.getFileClient("t").move("m")),
    "409 InvalidSourceOrDestinationResourceType",
  );
  await files.getFileClient("t").move("m/c");
  assertEquals(fake.bytes("container", "m/c"), new TextEncoder().encode("t"));
  const source = (headers: Record<string, string>) =>
    rawRequest(fake, {
      method: "PUT",
      path: "/container/z",
      headers: { "x-ms-rename-source": "/container/m/c", "content-length": "0", ...headers },
    });
  assertEquals(codeOf(await source({ "x-ms-source-if-match": '"0x1"' })), "SourceConditionNotMet");
  assertEquals(codeOf(await source({ "if-match": '"0x1"' })), "ConditionNotMet");
  const { etag = "" } = fake.blob("container", "m/c") ?? {};
  assertEquals((await source({ "x-ms-source-if-match": etag })).status, 201);
  assertEquals(fake.requests.at(-1)?.operation, "PathRename");
});

Deno.test("an account says whether its namespace is hierarchical, and has no tags and no snapshots then", async () => {
  await using given = await start();
  const { container, fake } = given;
  const info = await rawRequest(fake, { method: "HEAD", query: "restype=account&comp=properties" });
  assertEquals(info.headers["x-ms-is-hns-enabled"], "true");
  const blob = container.getBlockBlobClient("a");
  const refused = "409 FeatureNotYetSupportedForHierarchicalNamespaceAccounts";
  assertEquals(await failure(() => blob.upload("x", 1, { tags: { a: "b" } })), refused);
  await blob.upload("x", 1);
  assertEquals(await failure(() => blob.createSnapshot()), refused);
  assertEquals(await failure(() => blob.setTags({ a: "b" })), refused);
  const answer = await rawRequest(fake, { method: "HEAD", path: "/container/a" });
  assertEquals(answer.headers["x-ms-resource-type"], "file");
});

Deno.test("an account without a hierarchical namespace renames nothing", async () => {
  await using given = await start({ settings: { hierarchical: false } });
  await put(given.container, "a");
  assertEquals(
    await failure(() => given.files.getFileClient("a").move("b")),
    "400 HierarchicalNamespaceNotEnabled",
  );
  assertEquals(await failure(() => pathsOf(given.files)), "400 HierarchicalNamespaceNotEnabled");
});
