import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  createPartWriter,
  createStoreContext,
  type ObjectPart,
  type PartWriter,
  type PutResult,
  type WriteSink,
} from "../mod.ts";

/** A resumable sink that logs what is called. */
class LoggedSink implements WriteSink {
  readonly uri = "test://a";
  readonly concurrency = 2;
  readonly ordered: boolean;
  readonly log: string[] = [];
  /** What a part, a commit or leaving rejects with. */
  failing: unknown;
  /** What a part waits for. */
  held: Promise<void> | undefined;

  constructor(ordered = false) {
    this.ordered = ordered;
  }

  token(size: number, partSize: number): string {
    return `${size}/${partSize}`;
  }

  async writePart({ index }: ObjectPart): Promise<void> {
    this.log.push(`write ${index}`);
    await this.held;
    if (this.failing) throw this.failing;
  }

  async commit(size: number): Promise<PutResult> {
    this.log.push("commit");
    if (this.failing) throw this.failing;
    return { size };
  }

  async leave(): Promise<void> {
    this.log.push("leave");
  }

  async drop(): Promise<void> {
    this.log.push("drop");
  }
}

/** One that has to begin, and logs it. */
class BegunSink extends LoggedSink {
  beginning: Promise<void> | undefined;

  async begin(): Promise<void> {
    this.log.push("begin");
    await this.beginning;
    if (this.failing) throw this.failing;
  }
}

const context = createStoreContext();
const PART = new Uint8Array(10);

function open(sink: WriteSink, written?: number[], signal?: AbortSignal): Promise<PartWriter> {
  return createPartWriter({ sink, size: 25, partSize: 10, written, context, signal });
}

Deno.test("a resumable writer knows the parts that are there, and asks for the others", async () => {
  const sink = new LoggedSink();
  const writer = await open(sink, [2, 0]);
  assertEquals([writer.token, writer.bytesWritten], ["25/10", 15]);
  assertEquals([0, 1, 2].map((index) => writer.isWritten(index)), [true, false, true]);
  for (const index of [-1, 3, 0.5]) assertThrows(() => writer.isWritten(index), RangeError);
  await writer.writePart(1, PART);
  assertEquals([writer.isWritten(1), writer.bytesWritten], [true, 25]);
  assertEquals(await writer.close(), { size: 25 });
  await writer.detach();
  await writer.abort();
  assertEquals(sink.log, ["write 1", "commit"]);
});

Deno.test("a resumable writer of parts in order goes on after those that are there", async () => {
  const sink = new LoggedSink(true);
  const writer = await open(sink, [1, 0]);
  await writer.writePart(2, PART.subarray(5));
  await writer.close();
  const other = new LoggedSink(true);
  const gap = await open(other, [1]);
  await Promise.all([gap.writePart(2, PART.subarray(5)), gap.writePart(0, PART)]);
  assertEquals(other.log, ["write 0", "write 2"]);
});

Deno.test("a failed part or commit leaves a resumable write, and abort() drops it once", async () => {
  const failure = new Error("it broke");
  for (const fails of ["part", "commit"]) {
    const sink = new LoggedSink();
    const writer = await open(sink, fails === "part" ? [] : [0, 1, 2]);
    sink.failing = failure;
    const failing = () => fails === "part" ? writer.writePart(0, PART) : writer.close();
    assertStrictEquals(await assertRejects(failing), failure);
    assertEquals(sink.log.at(-1), "leave");
    await writer.abort();
    await writer.abort();
    await writer.detach();
    assertEquals(sink.log.slice(-2), ["leave", "drop"], fails);
  }
});

Deno.test("abort() of a resumable writer drops it, after detach() it does nothing", async () => {
  const sink = new LoggedSink();
  const aborted = await open(sink);
  await aborted.abort();
  await aborted.detach();
  assertEquals(sink.log, ["drop"]);
  for (const end of ["detach", "dispose", "fail"]) {
    const other = new LoggedSink();
    const writer = await open(other);
    if (end === "fail") await assertRejects(() => writer.close(), TypeError);
    if (end === "dispose") await writer[Symbol.asyncDispose]();
    else await writer.detach();
    await writer.abort();
    assertEquals(other.log, ["leave"], end);
    await assertRejects(() => writer.writePart(0, PART));
    await assertRejects(() => writer.close());
  }
});

Deno.test("detach() gives parts under way up, and waits until they have settled", async () => {
  const sink = new LoggedSink();
  const held = Promise.withResolvers<void>();
  sink.held = held.promise;
  const writer = await open(sink);
  const writing = assertRejects(() => writer.writePart(0, PART), DOMException, "detached");
  const detaching = writer.detach();
  await Promise.resolve();
  assertEquals(sink.log, ["write 0"]);
  held.resolve();
  await Promise.all([writing, detaching]);
  assertEquals(sink.log, ["write 0", "leave"]);
  await assertRejects(() => writer.close(), DOMException, "detached");
});

Deno.test("an aborted signal leaves a resumable write", async () => {
  const controller = new AbortController();
  const sink = new LoggedSink();
  const writer = await open(sink, [], controller.signal);
  const reason = new Error("stop");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => writer.writePart(0, PART)), reason);
  await writer.detach();
  assertEquals(sink.log, ["leave"]);
});

Deno.test("createPartWriter() that fails leaves nothing of a resumable write", async () => {
  const failed = new BegunSink();
  failed.failing = new Error("it broke");
  await assertRejects(() => open(failed), Error, "it broke");
  assertEquals(failed.log, ["begin"]);
  const aborted = new BegunSink();
  const beginning = Promise.withResolvers<void>();
  aborted.beginning = beginning.promise;
  const controller = new AbortController();
  const opening = assertRejects(() => open(aborted, undefined, controller.signal), Error, "stop");
  controller.abort(new Error("stop"));
  beginning.resolve();
  await opening;
  assertEquals(aborted.log.at(-1), "drop");
  const late = new BegunSink();
  await assertRejects(() => open(late, undefined, AbortSignal.abort(new Error("stop"))), Error, "stop");
  assertEquals(late.log, []);
});

Deno.test("detach() of a writer whose sink has no token is a TypeError, and changes nothing", async () => {
  const log: string[] = [];
  const sink: WriteSink = {
    uri: "test://a",
    concurrency: 1,
    writePart: async () => {},
    commit: async (size) => ({ size }),
    drop: async () => void log.push("drop"),
  };
  const writer = await open(sink, [0, 1, 2]);
  await assertRejects(() => writer.detach(), TypeError, "not made resumable");
  assertEquals([writer.token, await writer.close(), log], [undefined, { size: 25 }, []]);
});

Deno.test("a signal that is aborted while a write is taken up again leaves it", async () => {
  const sink = new BegunSink();
  const controller = new AbortController();
  const reason = new Error("stop");
  sink.beginning = Promise.resolve().then(() => controller.abort(reason));
  assertStrictEquals(await open(sink, [0], controller.signal).catch((error) => error), reason);
  assertEquals(sink.log, ["begin", "leave"]);
});
