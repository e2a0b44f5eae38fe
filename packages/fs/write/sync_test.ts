import { createStoreContext } from "@lade/core";
import { keepDurable } from "@lade/core/seams";
import { assertEquals } from "@std/assert";
import * as fs from "node:fs";
import { DirectMedium } from "../files/direct_medium.ts";
import type { SyncMode } from "../names/local_config.ts";
import { openFileStore } from "../mod.ts";
import { bytes } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";

/** Runs `work` and tells in which order it waited for the disk and changed names. */
async function recorded(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  const prototype = Deno.FsFile.prototype;
  const { sync, syncData } = prototype;
  const { rename, renameSync, link, linkSync, mkdir } = Deno;
  prototype.sync = function () {
    calls.push(this.statSync().isDirectory ? "sync directory" : "sync file");
    return sync.call(this);
  };
  prototype.syncData = function () {
    calls.push("sync data");
    return syncData.call(this);
  };
  Deno.rename = (from, to) => {
    calls.push("rename");
    return rename(from, to);
  };
  Deno.renameSync = (from, to) => {
    calls.push("rename");
    renameSync(from, to);
  };
  Deno.link = (from, to) => {
    calls.push("link");
    return link(from, to);
  };
  Deno.linkSync = (from, to) => {
    calls.push("link");
    linkSync(from, to);
  };
  Deno.mkdir = (path, options) => {
    calls.push("make directories");
    return mkdir(path, options);
  };
  try {
    await work();
  } finally {
    Object.assign(prototype, { sync, syncData });
    Object.assign(Deno, { rename, renameSync, link, linkSync, mkdir });
  }
  return calls;
}

async function callsOf(sync: SyncMode | "auto", durable?: string): Promise<Record<string, string[]>> {
  await using root = await makeRoot();
  const store = await openFileStore(root.path, { sync });
  if (durable !== undefined) keepDurable(store, durable);
  await store.put("old", bytes("x"));
  const write = async () => {
    await using writer = await store.createWriter("writer");
    await writer.write(bytes("x"));
    await writer.close();
  };
  const parts = async () => {
    await using writer = await store.createPartWriter("parts", 2, { partSize: 1 });
    await Promise.all([0, 1].map((index) => writer.writePart(index, bytes("x"))));
    await writer.close();
  };
  return {
    put: await recorded(() => store.put("old", bytes("y"))),
    writer: await recorded(write),
    parts: await recorded(parts),
    create: await recorded(() => store.put("new", bytes("y"), { ifNoneMatch: "*" })),
    deep: await recorded(() => store.put("a/b/c", bytes("y"))),
    copy: await recorded(() => store.copy("old", "copy")),
    rename: await recorded(() => store.rename("old", "moved")),
    delete: await recorded(() => store.delete("copy")),
  };
}

Deno.test('sync: "none" waits for no disk', async () => {
  const { put, ...others } = await callsOf("none");
  // Of a small file a link is tried where calls are quick, for most names are new.
  assertEquals(put?.filter((call) => call !== "link"), ["rename"]);
  assertEquals(others, {
    writer: ["rename"],
    parts: ["rename"],
    create: ["link"],
    deep: ["make directories", "rename"],
    copy: ["rename"],
    rename: ["rename"],
    delete: [],
  });
});

Deno.test('sync: "auto" waits for the disk below what is to be durable, and for nothing elsewhere', async () => {
  // Of a small file a link is tried where calls are quick.
  const certain = async (...given: Parameters<typeof callsOf>): ReturnType<typeof callsOf> => {
    const { put, ...others } = await callsOf(...given);
    return { ...others, put: put?.filter((call) => call !== "link") ?? [] };
  };
  assertEquals(await certain("auto", "a/"), {
    ...await certain("none"),
    deep: ["make directories", "sync directory", "sync directory", "sync file", "rename", "sync directory"],
  });
  assertEquals(await certain("auto", ""), await certain("full"));
  for (const given of ["none", "data", "full"] as const) {
    assertEquals(await certain(given, ""), await certain(given), "what was asked for is what is waited for");
  }
});

Deno.test('sync: "data" brings the bytes to the disk before the file has its name', async () => {
  assertEquals(await callsOf("data"), {
    put: ["sync data", "rename"],
    writer: ["sync data", "rename"],
    parts: ["sync data", "rename"],
    create: ["sync data", "link"],
    deep: ["make directories", "sync data", "rename"],
    copy: ["sync data", "rename"],
    rename: ["rename"],
    delete: [],
  });
});

Deno.test('sync: "full" brings new directories, the file and its name to the disk, in this order', async () => {
  const published = ["sync file", "rename", "sync directory"];
  assertEquals(await callsOf("full"), {
    put: published,
    writer: published,
    parts: published,
    create: ["sync file", "link", "sync directory"],
    deep: ["make directories", "sync directory", "sync directory", ...published],
    copy: published,
    rename: ["rename", "sync directory", "sync directory"],
    delete: ["sync directory"],
  });
});

Deno.test("a direct file waits for the disk as it is asked", async () => {
  await using root = await makeRoot();
  const context = createStoreContext();
  for (const [sync, wanted] of [["none", []], ["data", ["fdatasync"]], ["full", ["fsync"]]] as const) {
    const calls: string[] = [];
    const spied = {
      ...fs,
      fsync: (fd: number, done: fs.NoParamCallback) => (calls.push("fsync"), fs.fsync(fd, done)),
      fdatasync: (fd: number, done: fs.NoParamCallback) => (calls.push("fdatasync"), fs.fdatasync(fd, done)),
    };
    // deno-lint-ignore no-explicit-any
    const medium = new DirectMedium({ fs: spied as any, context });
    const file = await medium.create(root.file(sync));
    await file.append(bytes("x"));
    await file.finish(sync);
    const parts = await medium.createParts(root.file(`${sync} in parts`), 1);
    await parts.writeAt(bytes("x"), 0, new AbortController().signal);
    await parts.finish(sync);
    assertEquals(calls, [...wanted, ...wanted]);
  }
});
