import { abortUpload, listUploads, NotFoundError, type PartWriter, sweepUploads } from "@lade/core";
import { UnavailableError, UnsupportedError } from "@lade/core/errors";
import { sweepTemporaries } from "@lade/fs";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { isUnfinishedName } from "../names/temporary_name.ts";
import { type BothContext, testBoth } from "../testing/both_stores.ts";
import { openFiles } from "../testing/open_files.ts";
import { startProcess } from "../testing/run_process.ts";
import { makeRoot } from "../testing/make_root.ts";
import { openDirectStore, openFileStore } from "../mod.ts";

const PART = 4096;
const SIZE = 3 * PART + 100;

/** The byte that fills a part. */
function partOf(index: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.min(PART, SIZE - index * PART)).fill(index + 1);
}

function isWhole(bytes: Uint8Array): boolean {
  return bytes.length === SIZE && bytes.every((byte, at) => byte === Math.floor(at / PART) + 1);
}

/** Writes some parts of "a/object" and leaves them. */
async function left({ store }: BothContext, parts: readonly number[]): Promise<string> {
  await using writer = await store.createPartWriter("a/object", SIZE, { partSize: PART, resumable: true });
  for (const index of parts) await writer.writePart(index, partOf(index));
  return writer.token ?? "";
}

async function resume({ store }: BothContext, token: string): Promise<PartWriter> {
  const writer = await store.resumePartWriter?.("a/object", SIZE, token);
  if (!writer) throw new Error("the store resumes nothing");
  return writer;
}

function writtenIn(writer: PartWriter): number[] {
  return [0, 1, 2, 3].filter((index) => writer.isWritten(index));
}

async function finish(writer: PartWriter): Promise<void> {
  for (const index of [0, 1, 2, 3]) {
    if (!writer.isWritten(index)) await writer.writePart(index, partOf(index));
  }
  await writer.close();
}

/** The path of the record, or of the bytes, of the one write that is left. */
function fileOf({ root }: BothContext, holds: "record" | "bytes"): string {
  const suffix = holds === "record" ? "~upload-record" : "~upload";
  const name = root.everything().find((name) => name.endsWith(suffix));
  if (name === undefined) throw new Error(`no file with the ${holds}`);
  return root.file(name);
}

testBoth(
  "of a torn record the parts before the tear are believed, and the others written again",
  async (context) => {
    const { root } = context;
    const token = await left(context, [1, 3, 0]);
    const record = Deno.readFileSync(fileOf(context, "record"));
    Deno.writeFileSync(fileOf(context, "record"), record.subarray(0, record.length - 3));
    const writer = await resume(context, token);
    assertEquals(writtenIn(writer), [1, 3]);
    await writer.writePart(2, partOf(2));
    await writer.detach();
    const again = await resume(context, token);
    assertEquals(writtenIn(again), [1, 2, 3], "what is recorded after a tear was cut off");
    await finish(again);
    assert(isWhole(Deno.readFileSync(root.file("a/object"))));
    assertEquals(root.everything(), ["a/object"]);
  },
);

testBoth("of a record with an inverted bit the parts before it are believed", async (context) => {
  const token = await left(context, [2, 1]);
  const record = Deno.readFileSync(fileOf(context, "record"));
  record[record.length - 5] = (record[record.length - 5] ?? 0) ^ 4;
  Deno.writeFileSync(fileOf(context, "record"), record);
  await using writer = await resume(context, token);
  assertEquals(writtenIn(writer), [2]);
  await finish(writer);
  assert(isWhole(Deno.readFileSync(context.root.file("a/object"))));
});

testBoth(
  "a part whose bytes are not in the file is not believed, whatever the record says",
  async (context) => {
    const token = await left(context, [0, 1, 2]);
    Deno.truncateSync(fileOf(context, "bytes"), 2 * PART + 10);
    await using writer = await resume(context, token);
    assertEquals(writtenIn(writer), [0, 1]);
    await finish(writer);
    assert(isWhole(Deno.readFileSync(context.root.file("a/object"))));
  },
);

testBoth(
  "a write without its bytes, or with the first line of its record torn, is a NotFoundError",
  async (context) => {
    const { root, store } = context;
    const damages = [
      () => Deno.removeSync(fileOf(context, "bytes")),
      () => Deno.truncateSync(fileOf(context, "record"), 20),
      () => Deno.truncateSync(fileOf(context, "record"), 0),
      () => Deno.removeSync(fileOf(context, "record")),
    ];
    for (const damage of damages) {
      const token = await left(context, [0]);
      damage();
      await assertRejects(() => resume(context, token), NotFoundError, "start again");
      await abortUpload(store, "a/object", token);
      await Array.fromAsync(sweepTemporaries(store, { olderThanMs: 0 }));
      assertEquals(root.everything(), []);
    }
  },
);

Deno.test("where writes wait for the disk, a part is recorded after its bytes are there; some share a turn", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path, { sync: "data" });
  const writer = await store.createPartWriter("a/object", SIZE, { partSize: PART, resumable: true });
  const record = Deno.statSync(fileOf({ root, store, open: openFileStore }, "record")).ino;
  const calls: string[] = [];
  const prototype = Deno.FsFile.prototype;
  const { syncData, write, writeSync } = prototype;
  const fileIn = (file: Deno.FsFile) => file.statSync().ino === record ? "record" : "bytes";
  let [written, wanted] = [0, PART];
  prototype.syncData = async function () {
    calls.push(`sync ${fileIn(this)}`);
    // What came meanwhile shares the next turn, however long each part took to be written.
    do await new Promise((resolve) => setTimeout(resolve)); while (written < wanted);
    await syncData.call(this);
    calls.push(`synced ${fileIn(this)}`);
  };
  prototype.write = async function (bytes) {
    const lines = new TextDecoder().decode(bytes).split("\n").length - 1;
    if (fileIn(this) === "record") calls.push(`record ${lines}`);
    const count = await write.call(this, bytes);
    if (fileIn(this) === "bytes") written += count;
    return count;
  };
  prototype.writeSync = function (bytes) {
    const count = writeSync.call(this, bytes);
    if (fileIn(this) === "bytes") written += count;
    return count;
  };
  try {
    await writer.writePart(0, partOf(0));
    assertEquals(calls.splice(0), ["sync bytes", "synced bytes", "record 1", "sync record", "synced record"]);
    const parts = [1, 2, 3].map(partOf);
    wanted += parts.reduce((sum, { length }) => sum + length, 0);
    await Promise.all(parts.map((bytes, at) => writer.writePart(1 + at, bytes)));
    const recorded = calls.filter((call) => call.startsWith("record "));
    assertEquals(recorded.reduce((sum, call) => sum + Number(call.slice(7)), 0), 3);
    assertEquals(calls.filter((call) => call === "sync bytes").length, recorded.length);
    assert(recorded.length <= 2, `${recorded}`);
  } finally {
    Object.assign(prototype, { syncData, write, writeSync });
  }
  await writer.close();
  assert(isWhole(Deno.readFileSync(root.file("a/object"))));
});

testBoth(
  "a write that is closed or aborted while its record waits for the lock is a NotFoundError",
  async (context) => {
    const token = await left(context, [0]);
    const record = fileOf(context, "record");
    const prototype = Deno.FsFile.prototype;
    const { tryLock } = prototype;
    let isThere = true;
    prototype.tryLock = function (exclusive) {
      // It is asked for again where a process that is just starting still holds it.
      if (isThere) Deno.removeSync(record);
      isThere = false;
      return tryLock.call(this, exclusive);
    };
    try {
      await assertRejects(() => resume(context, token), NotFoundError, "start again");
    } finally {
      prototype.tryLock = tryLock;
    }
  },
);

testBoth(
  "a second writer of one write is an UnavailableError until the first one has ended",
  async (context) => {
    const first = await context.store.createPartWriter("a/object", SIZE, { partSize: PART, resumable: true });
    const { token = "" } = first;
    const error = await assertRejects(() => resume(context, token), UnavailableError);
    assertStringIncludes(
      error.message,
      `Cannot resume the write of "${context.store.uri}/a/object": another writer`,
    );
    await first.detach();
    const second = await resume(context, token);
    await assertRejects(() => resume(context, token), UnavailableError);
    await second.abort();
    await assertRejects(() => resume(context, token), NotFoundError);
  },
);

testBoth("writers that ended have no file open", async (context) => {
  const isMeant = (path: string) => path.startsWith(context.root.path);
  const ends = [(writer: PartWriter) => writer.detach(), (writer: PartWriter) => writer.abort(), finish];
  for (const end of ends) {
    await end(await resume(context, await left(context, [1])));
    assertEquals(openFiles(isMeant), 0);
  }
  await assertRejects(() => resume(context, '{"lade":1}'), TypeError);
  assertEquals(openFiles(isMeant), 0);
});

testBoth("a token leads to no other file than one of a write", async (context) => {
  const { root, store } = context;
  for (const name of ["secret~upload", "secret~upload-record", ".lade-x/y"]) root.write(`a/${name}`, "x");
  const token = JSON.parse(await left(context, []));
  const ids = [
    "../secret",
    "x/../../secret",
    "x/../secret",
    "..",
    "x",
    token.id.toUpperCase(),
    `${token.id}0`,
  ];
  for (const id of ids) {
    const other = JSON.stringify({ ...token, id });
    await assertRejects(() => resume(context, other), NotFoundError);
    await abortUpload(store, "a/object", other);
  }
  assertEquals(root.everything().length, 5);
});

testBoth("no key has the name of a write's file, and no listing shows one", async (context) => {
  const { root, store } = context;
  await left(context, [0]);
  const hidden = root.everything();
  assertEquals(hidden.length, 2);
  for (const name of hidden) {
    assert(isUnfinishedName(name.slice(2)), name);
    assertStringIncludes(store.keyFault(name) ?? "", "a name kept for unfinished writes");
    await assertRejects(() => store.head(name));
  }
  assertEquals(await Array.fromAsync(store.list()), []);
});

testBoth(
  "what a crash left of a write that was being closed is not listed, and sweepTemporaries() removes it",
  async (context) => {
    const { root, store } = context;
    const files = ["record", "bytes"] as const;
    for (
      const [gone, stays] of [files, files.toReversed()] as [typeof files[number], typeof files[number]][]
    ) {
      const token = await left(context, [0]);
      const path = fileOf(context, stays);
      Deno.removeSync(fileOf(context, gone));
      assertEquals(await Array.fromAsync(listUploads(store)), []);
      await assertRejects(() => resume(context, token), NotFoundError);
      assertEquals(await Array.fromAsync(sweepTemporaries(store)), [], "it is young");
      const swept = await Array.fromAsync(sweepTemporaries(store, { olderThanMs: 0 }));
      assertEquals([swept.map((file) => file.path), root.everything()], [[path], []]);
    }
  },
);

testBoth(
  "sweepTemporaries() leaves writes that may be resumed, sweepUploads() removes old ones",
  async (context) => {
    const { root, store } = context;
    const token = await left(context, [0]);
    assertEquals(await Array.fromAsync(sweepTemporaries(store, { olderThanMs: 0 })), []);
    assertEquals(await Array.fromAsync(sweepUploads(store)), []);
    assertEquals((await Array.fromAsync(sweepUploads(store, { olderThanMs: 0, dryRun: true }))).length, 1);
    const [swept] = await Array.fromAsync(sweepUploads(store, { olderThanMs: 0 }));
    assertEquals([swept?.key, swept?.bytes], ["a/object", PART]);
    assertEquals(root.everything(), []);
    await assertRejects(() => resume(context, token), NotFoundError);
  },
);

testBoth("listUploads() keeps to the directory that its prefix names, and to the root", async (context) => {
  const { root, store, open } = context;
  await left(context, [0, 1]);
  const keysOf = async (prefix: string, from = store) =>
    (await Array.fromAsync(listUploads(from, prefix))).map(({ key }) => key);
  for (const prefix of ["", "a", "a/", "a/obj", "a/object"]) assertEquals(await keysOf(prefix), ["a/object"]);
  for (
    const prefix of ["b", "b/", "a/object/", "a/objects", "missing/", "/", "../", "a/../a/", "./a/", "a//"]
  ) {
    assertEquals(await keysOf(prefix), [], prefix);
  }
  const inner = await open(root.file("a"));
  assertEquals(await keysOf("", inner), ["object"]);
  root.write("b/x", "");
  const outside = await open(root.file("b"));
  Deno.symlinkSync(root.file("a"), root.file("b/link"));
  assertEquals(await keysOf("link/", outside), [], "a link that leads out");
  await assertRejects(() =>
    Array.fromAsync(listUploads(store, "", { signal: AbortSignal.abort(new Error("stop")) }))
  );
  Deno.removeSync(root.file("a"), { recursive: true });
  await assertRejects(() => Array.fromAsync(listUploads(inner)), NotFoundError);
});

testBoth(
  "a write goes on where a link led when it began, and by the key's own directory",
  async (context) => {
    const { root, store } = context;
    root.write("b/target", "old");
    Deno.mkdirSync(root.file("a"));
    Deno.symlinkSync("../b/target", root.file("a/object"));
    const token = await left(context, [0, 1]);
    assert(fileOf(context, "bytes").startsWith(root.file("b/")));
    await finish(await resume(context, token));
    assert(isWhole(Deno.readFileSync(root.file("b/target"))));
    assert(Deno.lstatSync(root.file("a/object")).isSymlink);
    assertEquals(await Array.fromAsync(listUploads(store)), []);
  },
);

testBoth("a pipe or device takes no write that may be resumed", async ({ root, store }) => {
  await new Deno.Command("mkfifo", { args: [root.file("pipe")] }).output();
  Deno.writeFileSync(root.file("reader"), new Uint8Array());
  const pipe = await Deno.open(root.file("pipe"), { read: true, write: true });
  await assertRejects(() => store.createPartWriter("pipe", SIZE, { resumable: true }), UnsupportedError);
  pipe.close();
  assertEquals(root.everything(), ["pipe", "reader"]);
});

for (const scheme of ["file", "direct"]) {
  Deno.test(`a write goes on after its process was killed, with every part that it had called written (${scheme})`, async () => {
    await using root = await makeRoot();
    const store = scheme === "direct" ? await openDirectStore(root.path) : await openFileStore(root.path);
    const context = { root, store, open: openFileStore };
    for (const kept of [0, 1, 3, 4]) {
      const token = await killedAfter(scheme, root.path, kept);
      const writer = await resume(context, token);
      for (let index = 0; index < kept; index++) assert(writer.isWritten(index), `part ${index} of ${kept}`);
      await finish(writer);
      assert(isWhole(Deno.readFileSync(root.file("a/object"))), `after ${kept} parts`);
      assertEquals(root.everything(), ["a/object"]);
    }
  });
}

/** Has a process write parts of "a/object", kills it once it has told of some, and gives the token that it told. */
async function killedAfter(scheme: string, root: string, parts: number): Promise<string> {
  await using child = startProcess(["--allow-read", "--allow-write"], [
    "resumable",
    scheme,
    root,
    `${PART} ${SIZE}`,
  ]);
  const lines: string[] = [];
  const text = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (lines.length <= parts) {
    const { value, done } = await text.read();
    if (done) throw new Error(await new Response(child.stderr).text());
    const pieces = (rest + value).split("\n");
    rest = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  child.kill("SIGKILL");
  await text.cancel();
  await child.stderr.cancel();
  await child.status;
  return lines[0] ?? "";
}

testBoth(
  "a write whose bytes were replaced by a link is gone, and nothing is written through it",
  async (context) => {
    const { root } = context;
    const token = await left(context, [0]);
    const bytes = fileOf(context, "bytes");
    root.write("victim", "victim");
    Deno.removeSync(bytes);
    Deno.symlinkSync(root.file("victim"), bytes);
    await assertRejects(() => resume(context, token), NotFoundError, "start again");
    assertEquals(Deno.readTextFileSync(root.file("victim")), "victim");
  },
);

testBoth("a write through a link is listed by the key of the file that it leads to", async (context) => {
  const { root, store } = context;
  root.write("a/real", "old");
  Deno.symlinkSync("a/real", root.file("link"));
  await using writer = await store.createPartWriter("link", 3, { resumable: true });
  const listed = await Array.fromAsync(listUploads(store));
  assertEquals(listed.map(({ key }) => key), ["a/real"]);
  await writer.detach();
  await abortUpload(store, "a/real", listed[0]?.token ?? "");
  assertEquals(root.everything(), ["a/real", "link"]);
});
