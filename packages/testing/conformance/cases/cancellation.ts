import type { CallOptions, ObjectStore } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectReason } from "../expect.ts";
import { bytesOf, collect, namesIn, putAll, readAll, readStream, sampleBytes, textOf } from "../samples.ts";

/** Every call that takes a signal, on an object `"object"`; what it makes is called `"made"`. */
const CALLS: Readonly<Record<string, (store: ObjectStore, options: CallOptions) => Promise<unknown>>> = {
  "get()": async (store, options) => readAll(await store.get("object", options)),
  "head()": (store, options) => store.head("object", options),
  "put()": (store, options) => store.put("made", bytesOf("new"), options),
  "createWriter()": async (store, options) => {
    await using writer = await store.createWriter("made", options);
    await writer.write(bytesOf("new"));
    await writer.close();
  },
  "list()": (store, options) => collect(store.list("", options)),
  "listWithDelimiter()": (store, options) => collect(store.listWithDelimiter("", options)),
  "delete()": (store, options) => store.delete("object", options),
  "deleteMany()": (store, options) => collect(store.deleteMany(["object"], options)),
  "copy()": (store, options) => store.copy("object", "made", options),
  "rename()": (store, options) => store.rename("object", "made", options),
};

/** What an aborted signal does. */
export const cancellationCases: readonly ConformanceCase[] = [
  ...Object.entries(CALLS).map(([name, call]): ConformanceCase => ({
    name: `${name} with an aborted signal rejects with its reason and does nothing`,
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      for (const reason of [new Error("stop"), "a text", { any: "value" }]) {
        await expectReason(() => call(store, { signal: AbortSignal.abort(reason) }), reason, name);
      }
      const signal = AbortSignal.abort();
      await expectReason(() => call(store, { signal }), signal.reason, `${name} aborted without a reason`);
      expectEqual(await namesIn(store.list()), ["object"], "the keys");
      expectEqual(await textOf(store, "object"), "content", "the object");
    },
  })),
  ...Object.entries(CALLS).map(([name, call]): ConformanceCase => ({
    name: `${name} aborted on its way succeeds or rejects with the reason, and leaves nothing half done`,
    async run({ store }) {
      for (let turns = 0; turns < 6; turns++) {
        await store.put("object", bytesOf("content"));
        await store.delete("made");
        const controller = new AbortController();
        const reason = new Error(`stop after ${turns} turns`);
        const running = call(store, { signal: controller.signal });
        const settled = running.then(() => undefined, (error: unknown) => ({ error }));
        for (let i = 0; i < turns; i++) await Promise.resolve();
        controller.abort(reason);
        const failure = await settled;
        expect(!failure || failure.error === reason, `${name} rejects with ${failure?.error}`);
        const made = await textIfThere(store, "made");
        expect(made === undefined || made === "new" || made === "content", `${name} left half an object`);
        expectEqual(await textIfThere(store, "object") ?? "content", "content", "the object");
      }
    },
  })),
  ...Object.entries(CALLS).map(([name, call]): ConformanceCase => ({
    name: `${name} is not touched by an abort after it`,
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      const controller = new AbortController();
      await call(store, { signal: controller.signal });
      const keys = await namesIn(store.list());
      controller.abort();
      expectEqual(await namesIn(store.list()), keys, "the keys");
    },
  })),
  {
    name: "calls with nothing to list or delete reject with the reason of an aborted signal too",
    async run({ store }) {
      const reason = new Error("stop");
      const options = { signal: AbortSignal.abort(reason) };
      await expectReason(() => collect(store.list("", options)), reason, "list()");
      await expectReason(() => collect(store.listWithDelimiter("", options)), reason, "listWithDelimiter()");
      await expectReason(() => collect(store.deleteMany([], options)), reason, "deleteMany()");
      await expectReason(() => store.delete("missing", options), reason, "delete()");
      await expectReason(() => store.get("missing", options), reason, "get()");
    },
  },
  {
    name: "calls leave nothing behind on a signal that outlives them",
    async run({ store }) {
      const { signal, listeners } = watchedSignal();
      await store.put("object", sampleBytes(100_000));
      for (const [name, call] of Object.entries(CALLS)) {
        await store.put("object", bytesOf("content"));
        await call(store, { signal });
        expectEqual(listeners.size, 0, `the listeners that ${name} leaves`);
      }
      await store.put("object", sampleBytes(100_000));
      const cancelled = await store.get("object", { signal });
      await cancelled.readInto(new Uint8Array(10));
      await cancelled.cancel();
      const aborted = await store.createWriter("made", { signal });
      await aborted.write(bytesOf("new"));
      await aborted.abort();
      for await (const _ of store.list("", { signal })) break;
      await store.get("missing", { signal }).catch(() => {});
      expectEqual(listeners.size, 0, "the listeners that calls leave which end early");
    },
  },
  {
    name: "readInto() rejects with the reason when get()'s signal is aborted half-way",
    async run({ store }) {
      await store.put("object", sampleBytes(300_000));
      const controller = new AbortController();
      const result = await store.get("object", { signal: controller.signal });
      const target = new Uint8Array(1000);
      await result.readInto(target);
      const reason = new Error("stop");
      controller.abort(reason);
      await expectReason(() => result.readInto(target), reason, "readInto()");
      await expectReason(() => result.readInto(target), reason, "readInto() again");
      expectEqual(result.bytesRead, 1000, "bytesRead");
      await result.cancel();
    },
  },
  {
    name: "body errors with the reason when get()'s signal is aborted half-way",
    async run({ store }) {
      await store.put("object", sampleBytes(300_000));
      const controller = new AbortController();
      const { body } = await store.get("object", { signal: controller.signal });
      const reader = body.getReader({ mode: "byob" });
      await reader.read(new Uint8Array(1000));
      const reason = new Error("stop");
      controller.abort(reason);
      await expectReason(() => reader.read(new Uint8Array(1000)), reason, "read()");
    },
  },
  {
    name: "a read that was complete stays so when its signal is aborted",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      const controller = new AbortController();
      const { signal } = controller;
      const [into, stream] = [await store.get("object", { signal }), await store.get("object", { signal })];
      expectBytes(await readAll(into), sampleBytes(1000), "the bytes");
      expectBytes(await readStream(stream.body), sampleBytes(1000), "the stream");
      controller.abort();
      expectEqual(into.bytesRead, 1000, "bytesRead");
    },
  },
  {
    name: "list() rejects with the reason when its signal is aborted half-way",
    async run({ store }) {
      await putAll(store, Array.from({ length: 20 }, (_, i) => `dir-${i}/object`));
      for (const list of [store.list, store.listWithDelimiter]) {
        const controller = new AbortController();
        const reason = new Error("stop");
        let seen = 0;
        const listing = async () => {
          for await (const _ of list.call(store, "", { signal: controller.signal })) {
            if (++seen === 3) controller.abort(reason);
          }
        };
        await expectReason(listing, reason, "a listing");
        expect(seen < 20, "the listing went on to its end");
      }
    },
  },
  {
    name: "deleteMany() rejects with the reason when its signal is aborted half-way",
    async run({ store }) {
      const controller = new AbortController();
      const reason = new Error("stop");
      let taken = 0;
      function* keys() {
        for (; taken < 5000; taken++) yield `missing-${taken}`;
      }
      const deleting = async () => {
        for await (const _ of store.deleteMany(keys(), { signal: controller.signal })) {
          controller.abort(reason);
        }
      };
      await expectReason(deleting, reason, "deleteMany()");
      expect(taken < 5000, "all keys were taken");
    },
  },
  {
    name: "one aborted call leaves the others alone",
    async run({ store }) {
      await store.put("object", sampleBytes(100_000));
      const controllers = Array.from({ length: 10 }, () => new AbortController());
      const results = await Promise.all(controllers.map(({ signal }) => store.get("object", { signal })));
      const reads = results.map((result) => readAll(result).then((bytes) => bytes.length, () => "aborted"));
      controllers.forEach((controller, i) => i % 2 === 0 && controller.abort());
      const lengths = await Promise.all(reads);
      const others = lengths.filter((_, i) => i % 2 === 1);
      expectEqual(others, [100_000, 100_000, 100_000, 100_000, 100_000], "the reads that were not aborted");
    },
  },
];

/** An object's text, in one step: what an aborted call set going at a service may remove it between two. */
async function textIfThere(store: ObjectStore, key: string): Promise<string | undefined> {
  try {
    return await textOf(store, key);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** A signal that is never aborted, and the listeners it has. */
function watchedSignal(): { signal: AbortSignal; listeners: Set<unknown> } {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
    listeners.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: EventListener, options?: EventListenerOptions) => {
    listeners.delete(listener);
    remove(type, listener, options);
  };
  return { signal, listeners };
}
