import { assertEquals } from "@std/assert";
import { ProgressMessage } from "../../packages/cli/progress/progress_message.ts";
import type { ProgressSnapshot } from "../../packages/cli/progress/transfer_progress.ts";
import { withoutProgress } from "./without_progress.ts";

Deno.test("lines of progress are left out of what a command told, and nothing else is", () => {
  const plain = { bytes: 8_524_922, objects: 2, bytesPerSecond: 1_468_006, elapsedMs: 5800 };
  const snapshots: readonly ProgressSnapshot[] = [
    plain,
    { ...plain, bytes: 3, bytesPerSecond: 0 },
    { ...plain, totalBytes: 10_000_000, totalObjects: 7, remainingMs: 61_000 },
    { ...plain, leastBytes: 10_000_000, leastObjects: 7 },
    { ...plain, totalBytes: 0, totalObjects: 0 },
  ];
  const others = [
    "lade: cp did 2 objects, 2 failed, 4 skipped, 2 B in 0.01 s, 150 B/s",
    "lade: written s3://bucket/a, crc32c x confirmed",
    'lade: Cannot get "s3://bucket/3 B, 4 B/s": no such object',
    "",
  ].join("\n");
  for (const snapshot of snapshots) {
    const line = `${new ProgressMessage(snapshot).toText()}\n`;
    assertEquals(withoutProgress(line + others + line), others, line);
    assertEquals(withoutProgress(line, ["ls", "--progress", "plain"]), line);
  }
});
