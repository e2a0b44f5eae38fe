import { assert, assertEquals } from "@std/assert";
import { formatProgressBar } from "./format_progress_bar.ts";
import type { ProgressSnapshot } from "./transfer_progress.ts";

const HALF: ProgressSnapshot = {
  bytes: 2 ** 29,
  totalBytes: 2 ** 30,
  objects: 3,
  totalObjects: 10,
  bytesPerSecond: 2 ** 27,
  remainingMs: 4_000,
  elapsedMs: 4_000,
  current: "data/train/shard-000123.tar",
};

Deno.test("formatProgressBar() shows share, bar, bytes, rate, time left, objects and the current one", () => {
  assertEquals(
    formatProgressBar(HALF, 120),
    " 50% [===============>              ]  512 MiB of 1.00 GiB   128 MiB/s  4 s left  3/10  data/train/shard-000123.tar",
  );
  assertEquals(
    formatProgressBar(HALF, 112),
    " 50% [===============>              ]  512 MiB of 1.00 GiB   128 MiB/s  4 s left  3/10  …/train/shard-000123.tar",
  );
  assertEquals(
    formatProgressBar(HALF, 80),
    " 50% [============>           ]  512 MiB of 1.00 GiB   128 MiB/s  4 s left  3/10",
  );
});

Deno.test("formatProgressBar() never exceeds the columns it has", () => {
  const names = ["short", "x".repeat(500), "雪".repeat(200), "a\nb\x1b[2J" + "🙀".repeat(90), ""];
  for (let columns = 4; columns <= 200; columns++) {
    for (const current of names) {
      const line = formatProgressBar({ ...HALF, current }, columns);
      const width = [...line].reduce((sum, c) => sum + (c.charCodeAt(0) < 0x300 || c === "…" ? 1 : 2), 0);
      assert(width <= columns, `${width} > ${columns}: ${line}`);
    }
  }
});

Deno.test("formatProgressBar() leaves out what is not known", () => {
  const unknown = { bytes: 3 * 2 ** 20, objects: 0, bytesPerSecond: 0, elapsedMs: 100 };
  assertEquals(formatProgressBar(unknown, 80), "3.00 MiB       0 B/s");
  assertEquals(formatProgressBar({ ...unknown, objects: 4 }, 80), "3.00 MiB       0 B/s  4 done");
});

Deno.test("formatProgressBar() is full only when everything is done", () => {
  const line = (bytes: number) =>
    formatProgressBar({ ...HALF, bytes, totalBytes: 1000, totalObjects: 1 }, 60);
  assert(line(999).startsWith(" 99% [") && line(999).includes(">]"), line(999));
  assert(line(1000).startsWith("100% [") && line(1000).includes("==]"), line(1000));
  assert(formatProgressBar({ ...HALF, bytes: 0, totalBytes: 0 }, 60).startsWith("100%"));
});

Deno.test("formatProgressBar() says at least while more is planned", () => {
  const planning = { bytes: 3 * 2 ** 20, objects: 4, bytesPerSecond: 2 ** 20, elapsedMs: 100 };
  const least = { leastBytes: 2 ** 30, leastObjects: 2000 };
  assertEquals(
    formatProgressBar({ ...planning, ...least }, 80),
    "3.00 MiB of at least 1.00 GiB  1.00 MiB/s  4 of at least 2000",
  );
});

Deno.test("formatProgressBar() says what limits where that is known, as long as there is room", () => {
  const limited = { ...HALF, limit: { by: "network", name: "the network" } } as const;
  const line = formatProgressBar(limited, 160);
  assertEquals(line.includes("  3/10  limited by the network  data/"), true, line);
  assertEquals(formatProgressBar(limited, 60).includes("limited"), false);
  const none = { ...HALF, limit: { by: "none", name: "nothing" } } as const;
  assertEquals(formatProgressBar(none, 160), formatProgressBar(HALF, 160));
});
