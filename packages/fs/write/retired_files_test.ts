import { FakeClock } from "@lade/testing";
import { assertEquals } from "@std/assert";
import type { FileStatus } from "../files/file_status.ts";
import { RetiredFiles } from "../files/retired_files.ts";

function statusOf(ino: number, mtimeMs: number, bornMs = mtimeMs): FileStatus {
  const own = { uid: 0, gid: 0, blocks: 8 };
  return {
    kind: "file",
    size: 1,
    mtimeMs,
    bornMs,
    statusSeconds: 0,
    tellsBirth: true,
    ino,
    dev: 1,
    mode: 0,
    ...own,
  };
}

Deno.test("RetiredFiles remembers files that changed a moment ago, and only so many", () => {
  const retired = new RetiredFiles(new FakeClock({ now: 1000 }));
  retired.add(statusOf(0, 900));
  assertEquals(retired.mtimesBefore(statusOf(0, 0)), [], "it changed long ago");
  retired.add(statusOf(0, 10, 990));
  assertEquals(retired.mtimesBefore(statusOf(0, 0)), [10], "it was made a moment ago, whatever its date");
  for (let ino = 1; ino <= 4096; ino++) retired.add(statusOf(ino, 990));
  assertEquals(retired.mtimesBefore(statusOf(1, 0)), [990]);
  retired.add(statusOf(1, 995));
  retired.add(statusOf(5000, 995));
  const known = [1, 2, 3, 4096, 5000].map((ino) => retired.mtimesBefore(statusOf(ino, 0)));
  assertEquals(known, [[990, 995], [], [990], [990], [995]]);
});
