import { createStoreContext } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assertEquals, assertNotEquals } from "@std/assert";
import { etagOf, type FileStatus } from "../files/file_status.ts";
import { openFileStore } from "../mod.ts";
import { bytes } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";

const TIME = new Date("2001-02-03T04:05:06.789Z");

Deno.test("etagOf() tells files apart that had one number, one size and one date one after the other", () => {
  const one: FileStatus = {
    kind: "file",
    size: 5,
    mtimeMs: 1000,
    bornMs: 2000,
    statusSeconds: 2,
    tellsBirth: true,
    ino: 7,
    dev: 1,
    mode: 0o644,
    uid: 0,
    gid: 0,
    blocks: 8,
  };
  assertNotEquals(etagOf(one), etagOf({ ...one, bornMs: 2001 }));
  assertEquals(
    etagOf(one),
    etagOf({ ...one, mode: 0o600, uid: 5, blocks: 16 }),
    "who may read it is no content",
  );
});

/** Has the system tell one time of birth for every file, as a coarse clock would. */
function withOneBirth(): Disposable {
  const birthtime = new Date(0);
  const { stat, statSync, lstat, lstatSync } = Deno;
  const { stat: ofFile, statSync: ofFileSync } = Deno.FsFile.prototype;
  const born = (info: Deno.FileInfo): Deno.FileInfo => ({ ...info, birthtime });
  Object.assign(Deno, {
    stat: async (path: string) => born(await stat(path)),
    statSync: (path: string) => born(statSync(path)),
    lstat: async (path: string) => born(await lstat(path)),
    lstatSync: (path: string) => born(lstatSync(path)),
  });
  Object.assign(Deno.FsFile.prototype, {
    async stat(this: Deno.FsFile) {
      return born(await ofFile.call(this));
    },
    statSync(this: Deno.FsFile) {
      return born(ofFileSync.call(this));
    },
  });
  return {
    [Symbol.dispose]() {
      Object.assign(Deno, { stat, statSync, lstat, lstatSync });
      Object.assign(Deno.FsFile.prototype, { stat: ofFile, statSync: ofFileSync });
    },
  };
}

Deno.test("contents of one size and one date differ in etag, also where they were made in one moment", async () => {
  await using root = await makeRoot();
  // The clock stands still at the time of birth: whatever lost its name did so a moment ago.
  const context = createStoreContext({ clock: new FakeClock({ now: 0 }) });
  const store = await openFileStore(root.path, { context });
  using _births = withOneBirth();
  const etags: (string | undefined)[] = [];
  for (let round = 0; round < 60; round++) {
    // Other dates in between, some close to the first.
    const lastModified = new Date(TIME.getTime() + ([0, 5000, 0, 1, 0, -3][round % 6] ?? 0));
    if (round % 4 === 3) await store.delete("object");
    etags.push((await store.put("object", bytes(String(round).padStart(4)), { lastModified })).etag);
    const { mtime } = Deno.statSync(root.file("object"));
    const offBy = Number(mtime) - lastModified.getTime();
    assertEquals(offBy >= 0 && offBy < 1000, true, `the date is ${offBy} ms later than was asked for`);
  }
  assertEquals(new Set(etags).size, etags.length);
});
