import { ForwardingStore, MemoryStore, type ObjectInfo, type ObjectWriter } from "@lade/core";
import { PermissionDeniedError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import { each, logRow } from "../testing/log_row.ts";
import { MARKER } from "./claim_targets.ts";
import { replay } from "./replay.ts";

const TO_BENCH = [{ from: "s3://log/", to: ["memory://bench/"] }];

Deno.test("a target whose mark cannot be looked for is not written to", async () => {
  const memory = new MemoryStore();
  const denied = new PermissionDeniedError({ operation: "head", uri: "memory://bench/", detail: "denied" });
  class DeniedStore extends ForwardingStore {
    override head(): Promise<ObjectInfo> {
      return Promise.reject(denied);
    }
  }
  const store = new DeniedStore(memory);
  const options = { map: TO_BENCH, writes: true };
  const running = replay(
    each([logRow(0, "PUT", "k")]),
    () => Promise.resolve({ store, key: "" }),
    options,
  );
  await assertRejects(() => running, PermissionDeniedError);
  assertEquals(await Array.fromAsync(memory.list()), []);
});

Deno.test("the mark of a target is neither copied over nor moved to", async () => {
  const rows = ["COPY", "RENAME"].map((op) => logRow(0, op, "k", { toFile: MARKER }));
  const store = new MemoryStore();
  const stores = () => Promise.resolve({ store, key: "" });
  const result = await replay(each(rows), stores, { map: TO_BENCH, writes: true });
  assertEquals(result.ops, []);
  assertEquals(result.passedOver.map(({ op, reason, count }) => `${op} ${reason} ${count}`).sort(), [
    "COPY it is the mark of a target 1",
    "RENAME it is the mark of a target 1",
  ]);
});

Deno.test("an abort is told when all that ran has ended, and an object that was being written is not there", async () => {
  const memory = new MemoryStore();
  await memory.put(MARKER, new Uint8Array(1));
  const stop = new AbortController();
  let [aborted, isEnded] = [0, false];
  class SlowStore extends ForwardingStore {
    override async createWriter(key: string): Promise<ObjectWriter> {
      const writer = await super.createWriter(key);
      return {
        get bytesWritten() {
          return writer.bytesWritten;
        },
        write: async (chunk) => {
          await writer.write(chunk);
          stop.abort(new Error("enough"));
          stop.signal.throwIfAborted();
        },
        close: () => writer.close(),
        abort: async (reason) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          await writer.abort(reason);
          aborted++;
          isEnded = true;
        },
        [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
      };
    }
  }
  const store = new SlowStore(memory);
  const rows = [logRow(0, "PUT", "k", { bytes: 2 ** 23 + 1 })];
  const options = { map: TO_BENCH, writes: true, signal: stop.signal };
  const running = replay(each(rows), () => Promise.resolve({ store, key: "" }), options);
  await assertRejects(() => running, Error, "enough");
  assertEquals([aborted, isEnded], [1, true]);
  assertEquals((await Array.fromAsync(memory.list())).map(({ key }) => key), [MARKER]);
});
