import { systemClock } from "@lade/core/backend";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ReadTurns } from "./read_turns.ts";
import type { SourceWorker } from "@lade/core/concurrency";
import { Reader } from "./reader.ts";

/** A worker that says what it is told to say. */
class SilentWorker implements SourceWorker {
  onmessage: SourceWorker["onmessage"] = null;
  onerror: SourceWorker["onerror"] = null;
  onmessageerror: SourceWorker["onmessageerror"] = null;
  isTerminated = false;

  say(data: unknown): void {
    this.onmessage?.call(this as unknown as Worker, new MessageEvent("message", { data }));
  }

  readonly heard: unknown[] = [];

  postMessage(message: unknown): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

function setUp() {
  const worker = new SilentWorker();
  const reader = new Reader(systemClock, () => worker);
  const stop = new AbortController();
  const turns = new ReadTurns(reader, stop.signal);
  const log: string[] = [];
  const ends = new Map<string, (isDone?: boolean) => void>();
  const begin = (name: string, program = "p") => {
    const wait = (where: string) =>
      new Promise<boolean>((resolve) => {
        log.push(`${name} ${where}`);
        ends.set(name, (isDone = true) => resolve(isDone));
      });
    const there = () => wait("there");
    return turns.run(async () => void await wait("here"), { program, there });
  };
  const end = async (name: string, isDone?: boolean) => {
    ends.get(name)?.(isDone);
    await passed();
  };
  return { worker, reader, turns, stop, log, begin, end };
}

/** Waits as long as a turn that is left does, several times over: other threads may be busy. */
async function passed(): Promise<void> {
  for (let time = 0; time < 5; time++) await crypto.subtle.digest("SHA-1", new Uint8Array(0));
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  for (let time = 0; time < 20; time++) await Promise.resolve();
}

Deno.test("without a reader batches are read one after the other, waited for or not", async () => {
  const { begin, end, log } = setUp();
  const all = [begin("a"), begin("b")];
  await passed();
  assertEquals(log, ["a here"]);
  await end("a");
  assertEquals(log, ["a here", "b here"]);
  await end("b");
  await Promise.all(all);
});

Deno.test("a reader has two batches at a time, and this thread reads what comes next while the caller waits", async () => {
  const { begin, end, log, reader, turns, worker } = setUp();
  reader.start("p");
  worker.say({ type: "ready" });
  const all = ["a", "b", "c", "d", "e"].map((name) => begin(name));
  await passed();
  assertEquals(log, ["a there", "b there"]);
  turns.isCallerWaiting = true;
  await passed();
  assertEquals(log.splice(0), ["a there", "b there", "c here"]);
  await end("a");
  assertEquals(log.splice(0), ["d there"]);
  turns.isCallerWaiting = false;
  await end("c");
  assertEquals(log, []);
  // What the reader leaves is read here, before what comes behind it.
  await end("b", false);
  assertEquals(log.splice(0), ["e there"]);
  const last = begin("f", "another");
  turns.isCallerWaiting = true;
  await passed();
  assertEquals(log.splice(0), ["b here"]);
  await end("b");
  assertEquals(log.splice(0), ["f here"]);
  await Promise.all(["d", "e", "f"].map((name) => end(name)));
  await Promise.all([...all, last]);
  reader.end();
  assertEquals(worker.isTerminated, true);
});

Deno.test("a reader that ends leaves everything to this thread, and answers nothing", async () => {
  const { begin, end, log, reader, worker, stop } = setUp();
  reader.start("p");
  worker.say({ type: "ready" });
  const answer = reader.read({ buffer: new ArrayBuffer(8), reads: "[]", limitMs: 1 });
  for (let time = 0; time < 3; time++) reader.failed();
  assertEquals([await answer, reader.isThere, worker.isTerminated], [undefined, false, true]);
  reader.start("p");
  assertEquals(reader.isThere, false, "it is of no use in this loop");
  const all = [begin("a"), begin("b")];
  await passed();
  assertEquals(log, ["a here"]);
  stop.abort(new Error("left"));
  await assertRejects(() => all[1] ?? Promise.resolve(), Error, "left");
  await end("a");
  await all[0];
  reader.begin();
  reader.start("p");
  assertEquals(reader.isThere, true, "the next loop tries again");
  reader.end();
});

Deno.test("what a reader has in hand is lost when it breaks, and it is not started again", async () => {
  const { reader, worker } = setUp();
  reader.start("p");
  worker.say({ type: "ready" });
  const answer = reader.read({ buffer: new ArrayBuffer(8), reads: "[]", limitMs: 1 });
  worker.onerror?.call(worker as unknown as Worker, new ErrorEvent("error", { cancelable: true }));
  assertEquals(await answer, undefined);
  reader.begin();
  reader.start("p");
  assertEquals([reader.isThere, reader.isReady], [false, false]);
  assertEquals(await reader.read({ buffer: new ArrayBuffer(8), reads: "[]", limitMs: 1 }), undefined);
});

Deno.test("a reader is sent once what it takes checksums with, and again when it is started again", () => {
  const { reader, worker } = setUp();
  reader.takeChecksums();
  assertEquals(worker.heard, []);
  for (const count of [1, 2]) {
    reader.start("p");
    worker.say({ type: "ready" });
    for (let time = 0; time < 2; time++) reader.takeChecksums();
    assertEquals(worker.heard.length, count);
    assert("kernel" in (worker.heard[count - 1] as object));
    reader.end();
  }
});

Deno.test("where no worker can be made there is no reader", () => {
  const reader = new Reader(systemClock, () => {
    throw new Deno.errors.NotCapable("no");
  });
  reader.start("p");
  assertEquals(reader.isThere, false);
  reader.rest();
});
