import { createStoreContext, InvalidNameError, ServiceError } from "@lade/core";
import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { FileMedium } from "../files/file_medium.ts";
import { etagOf, type FileStatus, statusOf } from "../files/file_status.ts";
import { DiskFigures } from "../files/disk_figures.ts";
import { IoGate } from "../files/io_gate.ts";
import { KeyMutex } from "../files/key_mutex.ts";
import type { Medium } from "../files/medium.ts";
import { NameGuess } from "../files/name_guess.ts";
import { RetiredFiles } from "../files/retired_files.ts";
import { openFileStore } from "../mod.ts";
import { TemporaryNames } from "../names/temporary_name.ts";
import { bytes } from "../testing/both_stores.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";
import { FileCalls } from "../tree/file_calls.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { Tree } from "../tree/tree.ts";
import { canWriteAtOnce, writeAtOnce } from "./write_at_once.ts";
import { putFile } from "./write_file.ts";
import type { WriteRequest } from "./write_request.ts";

const TIME = new Date("2001-02-03T04:05:06.789Z");
const DATA = bytes("new");

/** The parts of a store, with something else done where its medium writes. */
function setupOf(
  root: TestRoot,
  writeSync?: (medium: Medium) => NonNullable<Medium["writeSync"]>,
): LocalSetup {
  const context = createStoreContext();
  const gate = new IoGate(context.clock);
  const calls = new FileCalls(gate);
  const medium: Medium = new FileMedium(gate, context);
  if (writeSync) medium.writeSync = writeSync(new FileMedium(gate, context));
  return {
    tree: new Tree("file", root.path, "follow-inside", calls),
    medium,
    figures: new DiskFigures(context.clock),
    gate,
    calls,
    config: { sync: "none", symlinks: "follow-inside", fallback: false },
    context,
    temporaries: new TemporaryNames(context.random),
    mutex: new KeyMutex(),
    retired: new RetiredFiles(context.clock),
    guess: new NameGuess(),
  };
}

function requestOf(root: TestRoot, key: string, options: WriteRequest["options"] = {}): WriteRequest {
  return { subject: { operation: "put", uri: `file://${root.file(key)}` }, path: root.file(key), options };
}

Deno.test("writeAtOnce() makes an object in one go, dated as asked, of the etag that a look has", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path);
  const setup = setupOf(root);
  for (const [key, options] of [["a", {}], ["b", { lastModified: TIME }]] as const) {
    const result = writeAtOnce(setup, requestOf(root, key, options), DATA);
    assert(result !== undefined && !(result instanceof Promise));
    const info = await store.head(key);
    assertEquals([info.size, info.etag], [result.size, result.etag]);
    assertEquals(Deno.readTextFileSync(root.file(key)), "new");
  }
  assertEquals((await store.head("b")).lastModified, TIME);
  Deno.writeFileSync(root.file("plain"), DATA);
  assertEquals(Deno.statSync(root.file("a")).mode, Deno.statSync(root.file("plain")).mode);
  const empty = await writeAtOnce(setup, requestOf(root, "empty"), new Uint8Array(0));
  assertEquals(empty?.size, 0);
  assertEquals(root.everything(), ["a", "b", "empty", "plain"]);
});

Deno.test("writeAtOnce() leaves to others what it would have to think of, and leaves nothing behind", async () => {
  await using root = await makeRoot();
  await using outside = await makeRoot();
  root.write("file", "old");
  root.write("directory/inner", "old");
  Deno.symlinkSync(root.file("file"), root.file("link"));
  Deno.symlinkSync(root.file("nothing"), root.file("dangling"));
  Deno.symlinkSync(outside.path, root.file("out"));
  assert((await new Deno.Command("mkfifo", { args: [root.file("pipe")] }).output()).success);
  const before = root.everything();
  const setup = setupOf(root);
  await setup.tree.allows(root.path, root.path);
  using _held = await setup.mutex.acquire(root.file("held"));
  for (
    const key of ["file", "directory", "link", "dangling", "pipe", "out/a", "none/a", "file/a", "held"]
  ) {
    assertEquals(writeAtOnce(setup, requestOf(root, key), DATA), undefined, key);
  }
  assertEquals([root.everything(), outside.everything()], [before, []]);
  assertEquals((await writeAtOnce(setup, requestOf(root, "directory/a"), DATA))?.size, 3);
  const stopped = requestOf(root, "a", { signal: AbortSignal.abort(new Error("enough")) });
  assertThrows(() => writeAtOnce(setup, stopped, DATA), Error, "enough");
  assertEquals(root.everything(), [...before, "directory/a"].sort());
});

Deno.test("canWriteAtOnce() leaves conditions, synced writes, large ones and the system's files to others", async () => {
  await using root = await makeRoot();
  const setup = setupOf(root);
  const can = (options: WriteRequest["options"], data = DATA, given: Partial<LocalSetup> = {}) =>
    canWriteAtOnce({ ...setup, ...given }, requestOf(root, "a", options), data);
  assert(can({}) && can({ lastModified: TIME }, new Uint8Array(2 ** 20)));
  assert(!can({}, new Uint8Array(2 ** 20 + 1)));
  assert(!can({ ifNoneMatch: "*" }) && !can({ ifMatch: "x" }));
  for (const sync of ["data", "full"] as const) {
    assert(!can({}, DATA, { config: { ...setup.config, sync } }));
  }
  for (const path of ["/proc/self/comm", "/sys/a"]) {
    assert(!canWriteAtOnce(setup, { path, options: {} }, DATA));
  }
  assert(!can({}, DATA, { medium: {} as Medium }), "direct:// has no such call");
});

Deno.test("writeAtOnce() leaves nothing of a write that fails or is cut", async () => {
  await using root = await makeRoot();
  const { writeSync } = Deno.FsFile.prototype;
  const full = Object.assign(new Error("full"), { code: "ENOSPC" });
  let calls = 0;
  try {
    Deno.FsFile.prototype.writeSync = function (data) {
      if (calls++ > 0) throw full;
      return writeSync.call(this, data.subarray(0, 1));
    };
    assertThrows(() => writeAtOnce(setupOf(root), requestOf(root, "a"), DATA), Error, "full");
    assertEquals([calls, root.everything()], [2, []]);
    Deno.FsFile.prototype.writeSync = function (data) {
      return writeSync.call(this, data.subarray(0, 1));
    };
    await writeAtOnce(setupOf(root), requestOf(root, "b"), DATA);
    assertEquals(Deno.readTextFileSync(root.file("b")), "new", "a short write goes on");
  } finally {
    Deno.FsFile.prototype.writeSync = writeSync;
  }
  const cut = setupOf(root, (medium) => (path, data, mtimeMs) => {
    medium.writeSync?.(path, data, mtimeMs);
    Deno.truncateSync(path, 1);
    return statusOf(Deno.lstatSync(path));
  });
  assertThrows(() => writeAtOnce(cut, requestOf(root, "c"), DATA), ServiceError, "1 bytes, 3 were written");
  assertEquals(root.everything(), ["b"]);
});

Deno.test("writeAtOnce() dates a file otherwise whose number one of that date had a moment ago", async () => {
  await using root = await makeRoot();
  let made: FileStatus | undefined;
  const setup: LocalSetup = setupOf(root, (medium) => (path, data, mtimeMs) => {
    const status = medium.writeSync?.(path, data, mtimeMs);
    assert(status);
    setup.retired.add(made = status);
    return status;
  });
  const result = await writeAtOnce(setup, requestOf(root, "a"), DATA);
  assert(made && result);
  assertNotEquals(result.etag, etagOf(made));
  const store = await openFileStore(root.path);
  assertEquals((await store.head("a")).etag, result.etag);
});

Deno.test("putFile() makes room where a directory came to have the name, unless it holds objects", async () => {
  await using root = await makeRoot();
  const write = async (key: string, intrude: () => void) => {
    const setup = setupOf(root, (medium) => (path, data, mtimeMs) => {
      intrude();
      const status = medium.writeSync?.(path, data, mtimeMs);
      assert(status);
      return status;
    });
    return await putFile(setup, requestOf(root, key), DATA);
  };
  assertEquals((await write("empty", () => Deno.mkdirSync(root.file("empty"))))?.size, 3);
  const fill = () => root.write("full/inner", "old");
  await assertRejects(() => write("full", fill), InvalidNameError, "holds other objects");
  assertEquals(root.everything(), ["empty", "full/inner"]);
});

Deno.test("writeAtOnce() replaces nothing that came to have the name, and then looks first, while names are taken", async () => {
  await using root = await makeRoot();
  let made = 0;
  const setup = setupOf(root, (medium) => (path, data, mtimeMs) => {
    if (made++ === 0) root.write("a", "theirs");
    const status = medium.writeSync?.(path, data, mtimeMs);
    assert(status);
    return status;
  });
  const write = (key: string) => writeAtOnce(setup, requestOf(root, key), DATA);
  for (let i = 0; i < 3; i++) assertEquals([write("a"), made], [undefined, 1]);
  assertEquals([Deno.readTextFileSync(root.file("a")), root.everything()], ["theirs", ["a"]]);
  for (const key of ["b", "c"]) assertEquals((await write(key))?.size, 3);
  assertEquals(made, 3);
  assertEquals([write("c"), write("b"), made], [undefined, undefined, 4], "one was made in vain");
  assertEquals(root.everything(), ["a", "b", "c"]);
});

Deno.test("writeAtOnce() renames where a file cannot have two names", async () => {
  await using root = await makeRoot();
  root.write("old", "old");
  Deno.symlinkSync(root.file("nothing"), root.file("dangling"));
  const setup = setupOf(root);
  const { linkSync } = Deno;
  Deno.linkSync = () => {
    throw Object.assign(new Error("no"), { code: "EPERM" });
  };
  try {
    for (const key of ["new", "newer"]) {
      assertEquals((await writeAtOnce(setup, requestOf(root, key), DATA))?.size, 3);
      for (const taken of ["old", "dangling"]) {
        assertEquals(writeAtOnce(setup, requestOf(root, taken), DATA), undefined);
      }
    }
  } finally {
    Deno.linkSync = linkSync;
  }
  assertEquals(Deno.readTextFileSync(root.file("old")), "old");
  assertEquals(root.everything(), ["dangling", "new", "newer", "old"]);
});
