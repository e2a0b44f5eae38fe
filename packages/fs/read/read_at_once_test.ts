import { getBytesAtHand, type ReadyBytes } from "@lade/core/seams";
import {
  createStoreContext,
  getBytes,
  type GetOptions,
  PermissionDeniedError,
  PreconditionFailedError,
  readInto,
  readRanges,
} from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FileMedium } from "../files/file_medium.ts";
import { DiskFigures } from "../files/disk_figures.ts";
import { IoGate } from "../files/io_gate.ts";
import { openDirectStore, openFileStore } from "../mod.ts";
import { openFiles } from "../testing/open_files.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";
import { FileCalls } from "../tree/file_calls.ts";
import { Tree } from "../tree/tree.ts";
import { readAtOnce, readRangesAtOnce } from "./read_at_once.ts";

/** A store on a clock that stands still, for which every call is a quick one. */
const openStill = (path: string) =>
  openFileStore(path, { context: createStoreContext({ clock: new FakeClock() }) });

const OLD = new Uint8Array(5000).fill(1);
const NEW = new Uint8Array(5000).fill(2);

/** Reads `a` at once, with something done between the look at its name and the opening of the file. */
function readAfter(root: TestRoot, change: () => void): ReadyBytes | undefined {
  const context = createStoreContext();
  const gate = new IoGate(context.clock);
  const parts = {
    tree: new Tree("file", root.path, "follow-inside", new FileCalls(gate)),
    medium: new FileMedium(gate, context),
    figures: new DiskFigures(context.clock),
  };
  const allocate = (length: number) => {
    change();
    return new Uint8Array(length);
  };
  const path = root.file("a");
  return readAtOnce(parts, {
    subject: { operation: "get", uri: `file://${path}` },
    key: "a",
    path,
    options: {},
    allocate,
  });
}

Deno.test("a file is read at once where it stays the same", async () => {
  await using root = await makeRoot();
  root.write("a", OLD);
  const result = readAfter(root, () => {});
  assertEquals(result?.bytes, OLD);
  assertEquals(result?.info.etag, (await (await openFileStore(root.path)).head("a")).etag);
});

Deno.test("a file is not read at once where another one takes its name", async () => {
  await using root = await makeRoot();
  root.write("a", OLD);
  root.write("b", NEW);
  const { mtime } = Deno.statSync(root.file("a"));
  Deno.utimeSync(root.file("b"), mtime ?? 0, mtime ?? 0);
  assertEquals(readAfter(root, () => Deno.renameSync(root.file("b"), root.file("a"))), undefined);
  root.write("elsewhere", NEW);
  const link = () => {
    Deno.removeSync(root.file("a"));
    Deno.symlinkSync(root.file("elsewhere"), root.file("a"));
  };
  assertEquals(readAfter(root, link), undefined);
});

Deno.test("a file is not read at once where it is written to, grows or shrinks", async () => {
  await using root = await makeRoot();
  const past = new Date(Date.now() - 60_000);
  const changes: (() => void)[] = [
    () => {
      using file = Deno.openSync(root.file("a"), { write: true });
      file.writeSync(NEW);
    },
    () => Deno.writeFileSync(root.file("a"), NEW, { append: true }),
    () => Deno.truncateSync(root.file("a"), 100),
    () => Deno.truncateSync(root.file("a"), 0),
  ];
  for (const change of changes) {
    root.write("a", OLD);
    Deno.utimeSync(root.file("a"), past, past);
    assertEquals(readAfter(root, change), undefined);
  }
});

Deno.test("links, pipes, large files and what lies outside are not read at once", async () => {
  await using root = await makeRoot();
  await using outside = await makeRoot();
  outside.write("secret", OLD);
  root.write("dir/a", NEW);
  root.write("large", new Uint8Array(2 ** 20 + 1));
  Deno.symlinkSync(outside.path, root.file("out"));
  Deno.symlinkSync(root.file("dir/a"), root.file("link"));
  const store = await openStill(root.path);
  const allocate = (length: number) => new Uint8Array(length);
  assertEquals(getBytesAtHand(store, "dir/a", allocate), undefined, "the root's real path is not known yet");
  await using _found = await store.get("dir/a");
  assertEquals(getBytesAtHand(store, "dir/a", allocate)?.bytes, NEW);
  const { success } = await new Deno.Command("mkfifo", { args: [root.file("pipe")] }).output();
  assert(success);
  for (const key of ["link", "large", "out/secret", "pipe", "dir"]) {
    assertEquals(getBytesAtHand(store, key, allocate), undefined);
  }
  await assertRejects(() => getBytes(store, "out/secret"), PermissionDeniedError, "leads out");
  assertEquals((await getBytes(store, "link")).bytes, NEW);
});

Deno.test("what is read at once leaves no file open, also where there is no memory", async () => {
  await using root = await makeRoot();
  root.write("a", OLD);
  const store = await openStill(root.path);
  const target = new Uint8Array(5000);
  await readInto(store, "a", target);
  assertEquals(target, OLD);
  await assertRejects(() => readInto(store, "a", new Uint8Array(4999)), RangeError, "takes 5000 bytes");
  const none = () => {
    throw new RangeError("no memory");
  };
  assertThrows(() => getBytesAtHand(store, "a", none), RangeError, "no memory");
  assertEquals(openFiles((path) => path === root.file("a")), 0);
});

Deno.test("direct:// has nothing at hand", async () => {
  await using root = await makeRoot();
  root.write("a", OLD);
  const store = await openDirectStore(root.path, { fallback: true });
  assertEquals(getBytesAtHand(store, "a", (length) => new Uint8Array(length)), undefined);
});

Deno.test("several ranges of a file are read at once, in any order, into place or not", async () => {
  await using root = await makeRoot();
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index * 7 >> 2);
  root.write("a", bytes);
  await using store = await openStill(root.path);
  const target = new Uint8Array(10);
  const wanted = [[50_000, 100], [0, 5], [99_990, 10], [50_050, 20], [3, 0], [70_000, 0]] as const;
  const ranges = wanted.map(([offset, length]) => ({ offset, length, ...(offset === 99_990 && { target }) }));
  const counted = Object.assign(store, { get: () => Promise.reject(new Error("it was asked for")) });
  const result = await readRanges(counted, "a", ranges, { gap: 0 });
  assertEquals(result.bytes, wanted.map(([offset, length]) => bytes.slice(offset, offset + length)));
  assertEquals(result.bytes[2], target);
  assertEquals(result.info?.etag, (await store.head("a")).etag);
  const { etag } = await store.head("a");
  assertEquals((await readRanges(store, "a", ranges, { ifMatch: etag ?? "" })).bytes[1], bytes.slice(0, 5));
  await assertRejects(() => readRanges(store, "a", ranges, { ifMatch: "other" }), PreconditionFailedError);
});

Deno.test("several ranges of a file that changes meanwhile, or that pass its end, are not read at once", async () => {
  await using root = await makeRoot();
  const context = createStoreContext();
  const gate = new IoGate(context.clock);
  const parts = {
    tree: new Tree("file", root.path, "follow-inside", new FileCalls(gate)),
    medium: new FileMedium(gate, context),
    figures: new DiskFigures(context.clock),
  };
  const path = root.file("a");
  const subject = { operation: "get", uri: `file://${path}` };
  const read = (ends: readonly number[], options: GetOptions = {}) => {
    const ranges = ends.map((offset) => ({ offset, target: new Uint8Array(10) }));
    const info = readRangesAtOnce(parts, { subject, key: "a", path, options, ranges });
    return info && ranges.map(({ target }) => target[0]);
  };
  const past = new Date(Date.now() - 60_000);
  const write = () => {
    root.write("a", OLD);
    Deno.utimeSync(path, past, past);
  };
  write();
  assertEquals(read([0, 4990]), [1, 1]);
  assertEquals(read([0, 4991]), undefined);
  // Ranges are looked at when the status of the name is known, and before the file is opened.
  const changing = (change: () => void) => {
    write();
    const ranges = [{ offset: 0, target: new Uint8Array(10) }, {
      get offset() {
        change();
        return 100;
      },
      target: new Uint8Array(10),
    }];
    return readRangesAtOnce(parts, { subject, key: "a", path, options: {}, ranges });
  };
  assertEquals(changing(() => {})?.size, OLD.length);
  assertEquals(changing(() => Deno.writeFileSync(path, NEW)), undefined);
  assertEquals(changing(() => Deno.truncateSync(path, 500)), undefined);
  root.write("b", NEW);
  assertEquals(changing(() => Deno.copyFileSync(root.file("b"), path)), undefined);
});
