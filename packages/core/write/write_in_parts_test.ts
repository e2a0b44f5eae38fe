import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { createStoreContext } from "../context/store_context.ts";
import { QuotaExceededError, UnavailableError } from "../errors/errors.ts";
import { counted, FakeSink, hang, SMALL } from "./fake_sink_test.ts";
import { putBySink, putInParts, writeInParts } from "./write_in_parts.ts";

const context = createStoreContext();
const about = { operation: "write", uri: "test://a" };

Deno.test("putInParts() sends parts from where they are, as many side by side as the sink says", async () => {
  for (const [ordered, most] of [[false, 3], [true, 1]] as const) {
    const sink = new FakeSink({
      partLimits: SMALL,
      concurrency: 3,
      ordered,
      before: () => Promise.resolve(),
    });
    assertEquals((await putInParts({ sink, partSize: 4, context }, counted(18))).size, 18);
    assertEquals([sink.calls[0], sink.calls.at(-1), sink.most], ["begin", "commit 18", most]);
    assertEquals(sink.object, counted(18));
  }
});

Deno.test("writeInParts() makes parts without bytes, such as ranges of another object", async () => {
  const sink = new FakeSink({ partLimits: SMALL });
  const parts: string[] = [];
  const write = async ({ index, offset, length }: { index: number; offset: number; length: number }) => {
    await Promise.resolve();
    parts.push(`${index}@${offset}+${length}`);
  };
  await writeInParts({ sink, size: 10, partSize: 4, context }, write);
  assertEquals(parts.sort(), ["0@0+4", "1@4+4", "2@8+2"]);
  assertEquals(sink.calls, ["begin", "commit 10"]);
});

Deno.test("writeInParts() ends the other parts with the first failure, and tells what stays behind", async () => {
  const failure = new UnavailableError({ ...about, detail: "it broke" });
  const leftover = new UnavailableError({ ...about, detail: "it stays" });
  const reasons: unknown[] = [];
  const sink = new FakeSink({
    partLimits: SMALL,
    before: (call) => call === "drop" ? Promise.reject(leftover) : undefined,
  });
  const error = await writeInParts({ sink, size: 40, partSize: 4, context }, async ({ index }, signal) => {
    if (index === 1) throw failure;
    await hang(signal).catch((reason) => reasons.push(reason));
  }).catch((error) => error);
  assertStringIncludes(error.message, "it broke; also, it stays");
  assertEquals(reasons, [failure]);
  assertEquals(sink.calls, ["begin", "drop"]);
});

Deno.test("writeInParts() waits for what it drops also where its signal ended it", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  let dropped = false;
  const sink = new FakeSink({
    partLimits: SMALL,
    before: async (call) => {
      if (call !== "drop") return;
      await new Promise((resolve) => setTimeout(resolve, 0));
      dropped = true;
    },
  });
  const writing = writeInParts(
    { sink, size: 8, partSize: 4, context, signal: controller.signal },
    async (_, signal) => {
      controller.abort(reason);
      await hang(signal);
    },
  );
  assertStrictEquals(await writing.catch((error) => error), reason);
  assertEquals(dropped, true);
});

Deno.test("writeInParts() refuses more than the parts of the sink can have, before it begins", async () => {
  const sink = new FakeSink({ partLimits: SMALL });
  await assertRejects(
    () => writeInParts({ sink, size: 161, partSize: 4, context }, async () => {}),
    QuotaExceededError,
    "161 bytes are more than an upload of 10 parts can have",
  );
  assertEquals(sink.calls, []);
});

Deno.test("putBySink() puts whole what the sink puts whole at most, and all else in parts", async () => {
  for (const [length, whole] of [[0, true], [8, true], [9, false]] as const) {
    const sink = new FakeSink({ partLimits: SMALL, wholeUpTo: 8 });
    assertEquals((await putBySink({ sink, partSize: 4, context }, counted(length))).size, length);
    assertEquals([sink.calls[0], sink.object], [whole ? "whole" : "begin", counted(length)]);
  }
  const none = new FakeSink({ partLimits: SMALL, wholeUpTo: 8, lacks: ["putWhole"] });
  await putBySink({ sink: none, partSize: 4, context }, counted(8));
  assertEquals(none.calls[0], "begin");
});
