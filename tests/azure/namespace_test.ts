import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AlreadyExistsError,
  InvalidNameError,
  NotFoundError,
  PreconditionFailedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { renamePath } from "../../packages/azure/namespace/rename_path.ts";
import { AzureStore } from "../../packages/azure/store/azure_store.ts";
import type { FakeAzure } from "../fakes/azure/mod.ts";
import { openContainer, openFake } from "./open_fake.ts";
import { type Answer, type Asked, failure, ScriptedAccount } from "./scripted_account.ts";

async function withStore(
  hierarchical: boolean,
  run: (store: AzureStore, fake: FakeAzure) => Promise<void>,
): Promise<void> {
  await using opened = await openFake({ server: { settings: { hierarchical } } });
  await run(opened.store, opened.fake);
}

const BYTES = new TextEncoder().encode("content");

function operations(fake: FakeAzure): (string | undefined)[] {
  return fake.requests.map(({ operation }) => operation);
}

Deno.test("rename() is one step where the account has directories, and keeps what describes the object", async () => {
  await withStore(true, async (store, fake) => {
    await store.put("from", BYTES, { contentType: "text/csv", metadata: { a: "b" } });
    fake.requests.length = 0;
    await store.rename("from", "to");
    assertEquals(operations(fake), ["GetBlobProperties", "PathRename"]);
    assertEquals(store.capabilities.atomicRename, true);
    await store.rename("to", "dir.d/ä b/to");
    assertEquals(operations(fake).slice(2), ["GetBlobProperties", "PathRename", "PathCreate", "PathRename"]);
    const { contentType, metadata, checksums, size } = await store.head("dir.d/ä b/to");
    assertEquals([contentType, metadata, size], ["text/csv", { a: "b" }, 7]);
    assert(checksums?.crc32c !== undefined, "the checksum is lost");
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["dir.d/ä b/to"]);
  });
});

Deno.test("rename() copies and deletes where the account has no directories, or other attributes are given", async () => {
  await withStore(false, async (store, fake) => {
    await store.put("from", BYTES);
    fake.requests.length = 0;
    await store.rename("from", "to");
    assertEquals(operations(fake), [
      "GetBlobProperties",
      "GetBlobProperties",
      "PutBlobFromURL",
      "DeleteBlob",
    ]);
    assertEquals(store.capabilities.atomicRename, false);
  });
  await withStore(true, async (store, fake) => {
    await store.put("from", BYTES);
    fake.requests.length = 0;
    await store.rename("from", "to", { attributes: { contentType: "text/csv" } });
    assertEquals(operations(fake), [
      "GetBlobProperties",
      "GetBlobProperties",
      "PutBlobFromURL",
      "DeleteBlob",
    ]);
    assertEquals((await store.head("to")).contentType, "text/csv");
  });
});

Deno.test("rename() holds its conditions in an account with directories", async () => {
  await withStore(true, async (store, fake) => {
    const { etag = "" } = await store.put("from", BYTES);
    const { etag: there = "" } = await store.put("to", BYTES);
    await assertRejects(() => store.rename("from", "to", { ifNoneMatch: "*" }), AlreadyExistsError);
    await assertRejects(() => store.rename("from", "to", { ifMatch: etag }), PreconditionFailedError);
    await assertRejects(() => store.rename("from", "to", { sourceIfMatch: there }), PreconditionFailedError);
    fake.faults.add({
      match: { operation: "PathRename" },
      action: { kind: "before", run: () => void fake.putBlob("container", "from", "newer") },
    });
    const error = await assertRejects(
      () => store.rename("from", "to", { ifMatch: there }),
      PreconditionFailedError,
    );
    assertEquals(error.uri, `${store.uri}/from`);
    await store.rename("from", "to", { ifMatch: there });
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["to"]);
    const missing = await assertRejects(() => store.rename("from", "to"), NotFoundError);
    assertEquals(missing.uri, `${store.uri}/from`);
    await store.rename("to", "to");
    await assertRejects(() => store.rename("to", "to", { ifNoneMatch: "*" }), AlreadyExistsError);
    await assertRejects(() => store.rename("to", "to", { ifMatch: etag }), PreconditionFailedError);
    const version = { sourceVersion: "snapshot=2026-11-28T08:00:00.0000001Z" };
    await assertRejects(() => store.rename("to", "other", version), UnsupportedError, "a version cannot");
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["to"]);
  });
});

Deno.test("directories that hold no object at any depth are on no level, and cost a request each", async () => {
  await withStore(true, async (store, fake) => {
    for (const key of ["a/b/c/x", "b", "d/x", "e/f/x", "e/y"]) await store.put(key, BYTES);
    for (const key of ["a/b/c/x", "e/f/x"]) await store.delete(key);
    const level = async (prefix?: string, limit?: number) =>
      (await Array.fromAsync(store.listWithDelimiter(prefix, limit === undefined ? {} : { limit })))
        .map((entry) => "prefix" in entry ? entry.prefix : entry.key);
    assertEquals(await level(), ["b", "d/", "e/"]);
    assertEquals(await level("e/"), ["e/y"]);
    assertEquals(await level("a/"), []);
    assertEquals(await level("", 2), ["b", "d/"]);
    fake.requests.length = 0;
    await level("d/");
    assertEquals(operations(fake), ["ListBlobs"]);
  });
  await withStore(false, async (store, fake) => {
    for (const key of ["a/x", "b"]) await store.put(key, BYTES);
    fake.requests.length = 0;
    assertEquals((await Array.fromAsync(store.listWithDelimiter())).length, 2);
    assertEquals(operations(fake), ["ListBlobs"]);
  });
});

Deno.test("a directory of many that hold nothing is looked into by few requests", async () => {
  await withStore(true, async (store, fake) => {
    const keys = Array.from({ length: 300 }, (_, i) => `d/${String(i).padStart(3, "0")}/x`);
    for (const key of [...keys, "d/last/x"]) await store.put(key, BYTES);
    await Array.fromAsync(store.deleteMany(keys));
    await store.head("d/last/x");
    fake.requests.length = 0;
    assertEquals(await Array.fromAsync(store.listWithDelimiter()), [{ prefix: "d/" }]);
    assertEquals(operations(fake), Array(3).fill("ListBlobs"));
  });
});

Deno.test("an account with directories has no tags, which its first answer shows", async () => {
  await withStore(true, async (store) => {
    const tags = { a: "b" };
    await assertRejects(() => store.put("key", BYTES, { tags }), UnsupportedError, "hierarchical namespace");
    assertEquals([store.capabilities.tags, store.capabilities.versions], [false, "unknown"]);
    await store.put("key", BYTES);
    assertEquals(store.capabilities.versions, false);
    await assertRejects(() => store.put("key", BYTES, { tags }), UnsupportedError, "the store has no tags");
    await assertRejects(() => store.getTags("key"), UnsupportedError, "no tags");
  });
  await withStore(false, async (store) => {
    await store.put("key", BYTES, { tags: { a: "b" } });
    await Array.fromAsync(store.list());
    await store.head("key");
    assertEquals([store.capabilities.tags, await store.getTags("key")], [true, { a: "b" }]);
  });
});

Deno.test("listWithDelimiter() finds out by the first prefix whether a level of prefixes alone is one of directories", async () => {
  for (const hierarchical of [true, false]) {
    await withStore(hierarchical, async (store, fake) => {
      for (const key of ["a/1", "b/1", "c/1", "d/1/2"]) await store.put(key, BYTES);
      for (const key of ["a/1", "b/1", "d/1/2"]) await store.delete(key);
      for (const key of hierarchical ? [] : ["e/1", "f/1"]) await store.put(key, BYTES);
      fake.requests.length = 0;
      await using fresh = openContainer(fake);
      const found = await Array.fromAsync(fresh.listWithDelimiter());
      assertEquals(
        found.map((entry) => "prefix" in entry ? entry.prefix : entry.key),
        hierarchical ? ["c/"] : ["c/", "e/", "f/"],
      );
      assertEquals(operations(fake).length, hierarchical ? 5 : 2);
    });
  }
});

Deno.test("directories are no objects: not read, described, copied, renamed or in the way of a deletion", async () => {
  await withStore(true, async (store, fake) => {
    await store.put("dir/sub/a", BYTES);
    for (const key of ["dir", "dir/sub"]) {
      await assertRejects(() => store.get(key), NotFoundError, "but a directory");
      await assertRejects(() => store.head(key), NotFoundError, "but a directory");
      await assertRejects(() => store.copy(key, "copy"), NotFoundError);
      await assertRejects(() => store.rename(key, "moved"), NotFoundError);
      await assertRejects(() => store.setAttributes(key, { contentType: "a/b" }), NotFoundError);
      await store.delete(key);
      await assertRejects(() => store.put(key, BYTES), InvalidNameError, "directories");
    }
    await assertRejects(() => store.put("dir/sub/a/b", BYTES), InvalidNameError, "directories");
    for await (const { key, error } of store.deleteMany(["dir", "dir/sub"])) {
      assertEquals([error], [undefined], key);
    }
    assertEquals(fake.blobs("container").map(({ key }) => key), ["dir/sub/a"]);
  });
});

/** Answers as an account with directories: `move` the renames, and what is under which key. */
function renaming(move: () => Answer, has: (key: string) => boolean): (asked: Asked) => Answer {
  const headers = {
    etag: '"1"',
    "content-length": "7",
    "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT",
    "x-ms-resource-type": "file",
  };
  return ({ method, path }) => {
    if (method === "PUT") return move();
    return has(path.split("/").at(-1) ?? "") ? { status: 200, headers } : failure(404, "BlobNotFound");
  };
}

Deno.test("rename() whose answer is lost takes no other object for the renamed one", async () => {
  let asked = false;
  const script = renaming(
    () => {
      asked = true;
      return failure(500, "InternalError");
    },
    (key) => asked ? key === "to" : key === "from",
  );
  await using account = new ScriptedAccount(async (request) => {
    const answer = await script(request);
    const isOther = request.path.endsWith("/to") && answer.status === 200;
    const headers = isOther ? { ...answer.headers, "content-md5": "b3RoZXI=" } : answer.headers ?? {};
    return { ...answer, headers };
  });
  await using store = account.open("box");
  await assertRejects(() => store.rename("from", "to"), UnavailableError);
});

Deno.test("rename() whose answer is lost succeeds where the object is in its new place alone", async () => {
  for (const isMade of [true, false]) {
    let asked = false;
    await using account = new ScriptedAccount(renaming(
      () => {
        asked = true;
        return failure(400, "InternalError");
      },
      // Where it was not made, an object of the very same bytes was there before.
      (key) => key === "to" ? asked : key === "from" && !(asked && isMade),
    ));
    await using store = account.open("box");
    const rename = store.rename("from", "to");
    if (isMade) await rename;
    else await assertRejects(() => rename, UnavailableError);
    assertEquals(account.requests.filter(({ method }) => method === "PUT").length, 1);
    const { headers } = account.requests.find(({ method }) => method === "PUT") as Asked;
    assertEquals([headers.get("x-ms-rename-source"), headers.get("x-ms-source-if-match")], [
      "/box/from",
      '"1"',
    ]);
  }
});

Deno.test("rename() makes the directory of the new key unless another program has made it meanwhile", async () => {
  let moves = 0;
  const script = renaming(
    () => ++moves === 1 ? failure(404, "RenameDestinationParentPathNotFound") : { status: 201 },
    (key) => key === "from",
  );
  await using account = new ScriptedAccount((asked) => {
    const isDirectory = asked.query.get("resource") === "directory";
    return isDirectory ? failure(409, "PathAlreadyExists") : script(asked);
  });
  await using store = account.open("box");
  await store.rename("from", "dir/to");
  const made = account.requests.find(({ query }) => query.has("resource"));
  assertEquals([made?.path, made?.headers.get("if-none-match"), moves], ["/account/box/dir", "*", 2]);
});

Deno.test("renames go to the endpoint of paths, and name the signature by which the source is read", async () => {
  const urls: string[] = [];
  const send = (request: { readonly path: string; readonly headers?: Readonly<Record<string, string>> }) => {
    urls.push(`${request.path} ${request.headers?.["x-ms-rename-source"]}`);
    return Promise.resolve({});
  };
  await using account = new ScriptedAccount(renaming(() => ({ status: 201 }), () => true));
  await using store = account.open("box");
  assert(store instanceof AzureStore);
  const { target } = store;
  const at = (url: string) => {
    urls.push(url);
    return { send };
  };
  const client = Object.assign(Object.create(target.client), {
    at,
    send: target.client.send.bind(target.client),
  });
  const call = (key: string) => ({ operation: "rename", uri: `${store.uri}/${key}`, createOnly: false });
  const calls = { from: call("a b"), to: call("c") };
  const info = await store.head("a b");
  for (
    const [blobs, paths] of [
      ["acct.blob.core.windows.net", "acct.dfs.core.windows.net"],
      ["acct.z12.blob.storage.azure.net", "acct.z12.dfs.storage.azure.net"],
      ["acct.privatelink.blob.core.windows.net", "acct.privatelink.dfs.core.windows.net"],
      ["blobs.blob.example", "blobs.dfs.example"],
      ["files.example", "files.example"],
    ]
  ) {
    urls.length = 0;
    const endpoint = { ...target.endpoint, url: `https://${blobs}` };
    const from = { ...target, client, endpoint, credential: { kind: "sas", token: "?sig=1" } } as const;
    await renamePath({ from, to: from, fromKey: "a b", toKey: "c", calls }, info, {});
    assertEquals(urls, [`https://${paths}`, "/account/box/c /box/a%20b?sig=1"]);
  }
});
