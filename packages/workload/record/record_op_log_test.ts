import { ForwardingStore, MemoryStore, type ObjectStore, type PutResult } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { FakeClock, type FaultRule, injectFaults } from "@lade/testing";
import { conformance } from "@lade/testing/conformance";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openOpLog } from "../read/read_op_log.ts";
import { type OpLogRow, uriOfRow } from "../rows/op_log_row.ts";
import { formatInstant } from "../rows/time_text.ts";
import { createOpLog, type OpLog } from "./op_log.ts";
import { recordOpLog } from "./record_op_log.ts";

const BYTES = new TextEncoder().encode("content");
const LOG = "log.tsv.zst";

conformance("recordOpLog()", async () => {
  const log = createOpLog(await new MemoryStore().createWriter(LOG), { compress: false });
  const store = recordOpLog(new MemoryStore(), log);
  return {
    store,
    async [Symbol.asyncDispose]() {
      await log.close();
      // Every number was given back.
      assertEquals(log.takeThread(), 0);
    },
  };
}, Deno.test);

interface Recording {
  readonly store: ObjectStore;
  readonly clock: FakeClock;
  readonly log: OpLog;
  /** Closes the log, and reads it. */
  rows(): Promise<OpLogRow[]>;
}

async function record(rules: FaultRule[] = []): Promise<Recording> {
  const clock = new FakeClock({ now: 1_796_043_256_000 });
  const logs = new MemoryStore();
  const memory = new MemoryStore({ context: createStoreContext({ clock }) });
  await memory.put("object", BYTES);
  const log = createOpLog(await logs.createWriter(LOG), { clock, clientId: "me" });
  return {
    store: recordOpLog(injectFaults(memory, rules), log),
    clock,
    log,
    async rows() {
      await log.close();
      return await Array.fromAsync(openOpLog(logs, LOG));
    },
  };
}

const told = ({ op, call, file, objects, bytes, error }: OpLogRow) =>
  [op, call, file, objects, bytes, error?.slice(0, 9)].join(" ").trimEnd();

Deno.test("each call is a row, and each object of deleteMany() one", async () => {
  const { store, rows } = await record();
  await store.put("a", BYTES);
  const writer = await store.createWriter("w");
  await writer.write(BYTES);
  await writer.close();
  await (await store.createWriter("given up")).abort();
  await (await store.get("a", { range: { offset: 2, length: 3 } })).readInto(new Uint8Array(3));
  await (await store.get("a", { range: { suffixLength: 2 } })).cancel();
  await store.head("a");
  await assertRejects(() => store.head("missing"));
  await Array.fromAsync(store.list("a"));
  await store.copy("a", "b");
  await store.rename("b", "c");
  await store.delete("a");
  await Array.fromAsync(store.deleteMany(["c", "d"]));
  const found = await rows();
  assertEquals(found.map(told), [
    "PUT put a 1 7",
    "PUT write w 1 7",
    "PUT write given up 1 0 cancelled",
    "GET get a 1 3",
    "GET get a 1 0",
    "STAT head a 1 0",
    "STAT head missing 1 0 not-found",
    "LIST list a 1 0",
    "COPY copy a 1 0",
    "RENAME rename b 1 0",
    "DELETE delete a 1 0",
    "DELETE deleteMany c 1 0",
    "DELETE deleteMany d 1 0",
  ]);
  assertEquals(found.slice(3, 5).map(({ offset, length }) => [offset, length]), [[2, 3], [5, 2]]);
  assertEquals(found.map(({ toFile }) => toFile).filter(Boolean), ["b", "c"]);
  assertEquals(
    new Set(found.map(({ clientId, endpoint }) => `${clientId} ${endpoint}`)),
    new Set(["me memory://memory/"]),
  );
  assert(uriOfRow(found[0] as OpLogRow) === "memory://memory/a");
});

Deno.test("rows have the times of their calls, and the lowest number that was free", async () => {
  const { store, clock, rows } = await record([
    { operation: "put", key: "slow", fault: { kind: "delay", durationMs: 30 } },
    { operation: "put", key: "slower", fault: { kind: "delay", durationMs: 50.25 } },
  ]);
  await clock.advance(1500);
  const calls = ["slower", "slow", "quick"].map((key) => store.put(key, BYTES));
  await clock.runAll();
  await Promise.all(calls);
  await store.put("last", BYTES);
  const found = await rows();
  const times = found.map(({ file, thread, startSeconds, startNanos, durationNs }) => [
    file,
    thread,
    formatInstant({ seconds: startSeconds, nanos: startNanos }).slice(17),
    durationNs,
  ]);
  assertEquals(times, [
    ["quick", "2", "17.500000000Z", 0],
    ["slow", "1", "17.500000000Z", 30_000_000],
    ["slower", "0", "17.500000000Z", 50_250_000],
    ["last", "0", "18.500000000Z", 0],
  ]);
});

Deno.test("calls wait while the log has too much to write, so that memory is bounded and no row is dropped", async () => {
  const gate = Promise.withResolvers<void>();
  const held: Uint8Array[] = [];
  const writer = {
    bytesWritten: 0,
    async write(chunk: Uint8Array) {
      held.push(chunk);
      await gate.promise;
    },
    close: (): Promise<PutResult> => Promise.resolve({ size: 0, etag: "x" }),
    abort: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const log = createOpLog(writer, { compress: false });
  const memory = new MemoryStore();
  const store = recordOpLog(memory, log);
  const key = "k".repeat(1000);
  let done = 0;
  const calls = (async () => {
    for (; done < 2000; done++) await store.put(key, BYTES);
  })();
  // It stops by itself, at some 8 slabs of 64 KiB.
  for (let before = -1; before !== done;) {
    before = done;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve));
  }
  assert(done > 300 && done < 1000, `${done} rows were held`);
  gate.resolve();
  await calls;
  assertEquals(await log.close(), { rows: 2000, errors: 0 });
  const text = new TextDecoder().decode(Uint8Array.from(held.flatMap((chunk) => [...chunk])));
  assertEquals(text.trimEnd().split("\n").length, 2002);
});

Deno.test("what ends after the log was closed is in no row, and fails nothing", async () => {
  const { store, log } = await record();
  const reading = await store.get("object");
  assertEquals(await log.close(), { rows: 0, errors: 0 });
  assertEquals(await reading.readInto(new Uint8Array(10)), 7);
  assertEquals(log.counts, { rows: 0, errors: 0 });
});

Deno.test("a log that cannot be written fails at its end with why, and no call by it", async () => {
  const error = new Error("the disk is full");
  const aborted: unknown[] = [];
  const log = createOpLog({
    bytesWritten: 0,
    write: () => Promise.reject(error),
    close: () => Promise.reject(new Error("not to be closed")),
    abort: (reason) => Promise.resolve(void aborted.push(reason)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }, { compress: false });
  const store = recordOpLog(new MemoryStore(), log);
  for (let index = 0; index < 5000; index++) await store.put("k", BYTES);
  await assertRejects(() => log.close(), Error, "the disk is full");
  assertEquals(aborted, [error]);
});

Deno.test("an error is one short line, without secrets", async () => {
  const url = "https://h/b/k?X-Amz-Signature=0123456789abcdef0123456789abcdef";
  class FailingStore extends ForwardingStore {
    override head(): Promise<never> {
      return Promise.reject(new Error(`first\n  second ${url} ${"long ".repeat(200)}`));
    }
  }
  const { log, rows } = await record();
  const store = recordOpLog(new FailingStore(new MemoryStore()), log);
  await assertRejects(() => store.head("k"));
  const [{ error = "" } = {}] = await rows();
  assert(error.startsWith("Error: first second https://h/b/k?"), error);
  assertEquals([error.includes("0123456789abcdef"), error.length], [false, 500]);
});
