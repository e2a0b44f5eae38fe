import { assertEquals, assertRejects } from "@std/assert";
import type { ObjectPart } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { copyInRanges, type CopySink } from "./copy_in_ranges.ts";

/** A sink that remembers what is done to it; `copy` is run for each part. */
function sinkOf(
  copy: (part: ObjectPart, signal: AbortSignal) => Promise<void>,
): CopySink & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    uri: "x://c/to",
    operation: "copy to",
    concurrency: 2,
    begin: () => Promise.resolve(void log.push("begin")),
    copyPart: async (part, signal) => {
      log.push(`${part.index}: ${part.offset}+${part.length}`);
      await copy(part, signal);
    },
    writePart: () => Promise.reject(new Error("no bytes come this way")),
    commit: (size) => {
      log.push(`commit ${size}`);
      return Promise.resolve({ size, etag: "made" });
    },
    drop: () => Promise.resolve(void log.push("drop")),
  };
}

const context = { clock: new FakeClock({ now: 0 }) };

Deno.test("copyInRanges() copies every byte once, two ranges side by side, and makes the object of them", async () => {
  let inFlight = 0, most = 0;
  const sink = sinkOf(async () => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, 0));
    inFlight--;
  });
  const source = { size: 25, etag: "e" };
  assertEquals(await copyInRanges({ sink, source, partSize: 10, context }), {
    size: 25,
    etag: "made",
    sourceEtag: "e",
  });
  assertEquals(sink.log, ["begin", "0: 0+10", "1: 10+10", "2: 20+5", "commit 25"]);
  assertEquals(most, 2);
});

Deno.test("copyInRanges() ends the other ranges with the first that fails, and leaves nothing behind", async () => {
  const ended: unknown[] = [];
  const sink = sinkOf(({ index }, signal) =>
    index === 1
      ? Promise.reject(new Error("broken"))
      : new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          ended.push(index);
          reject(signal.reason);
        })
      )
  );
  await assertRejects(
    () => copyInRanges({ sink, source: { size: 100 }, partSize: 10, context }),
    Error,
    "broken",
  );
  assertEquals([ended, sink.log], [[0], ["begin", "0: 0+10", "1: 10+10", "drop"]]);
});
