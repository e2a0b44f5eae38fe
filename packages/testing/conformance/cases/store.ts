import { sumFigures } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual } from "../expect.ts";
import { bytesOf, readAll, textOf } from "../samples.ts";

/** What a store says of itself, and how it ends. */
export const storeCases: readonly ConformanceCase[] = [
  {
    name: "uri has a scheme, and no slash at its end but for a root",
    async run({ store }) {
      expect(/^[a-z][a-z0-9+.-]*:\/\/./.test(store.uri), `the uri is ${store.uri}`);
      expect(!store.uri.endsWith("/") || store.uri.endsWith(":///"), `the uri is ${store.uri}`);
      expectEqual(store.uri, store.uri, "the uri, asked for again");
      await store.put("object", bytesOf("x"));
    },
  },
  {
    name: "capabilities are all told, and stay once they are known",
    async run({ store }) {
      const flags = Object.entries(store.capabilities);
      expectEqual(flags.map(([name]) => name).sort(), CAPABILITY_NAMES, "the capabilities");
      for (const [name, value] of flags) {
        expect([true, false, "unknown"].includes(value), `${name} is ${JSON.stringify(value)}`);
      }
      const known = flags.filter(([, value]) => value !== "unknown");
      await store.put("object", bytesOf("x"));
      const after = new Map(Object.entries(store.capabilities));
      for (const [name, value] of known) expectEqual(after.get(name), value, `${name} after a call`);
    },
  },
  {
    name: "readHints are whole numbers that fit one another",
    async run({ store }) {
      const { firstChunkSize, chunkSize, alignment, sequentialConcurrency = 1, streams = 1 } =
        store.readHints;
      const all = { firstChunkSize, chunkSize, alignment, sequentialConcurrency, streams };
      for (const [name, value] of Object.entries(all)) {
        expect(Number.isSafeInteger(value) && value >= 1, `${name} is ${value}`);
      }
      expectEqual(chunkSize % alignment, 0, "chunkSize modulo alignment");
      await store.put("object", bytesOf("x"));
      expectEqual(store.readHints, store.readHints, "the readHints, asked for again");
    },
  },
  {
    name: "limits are the same each time, and count nothing once a read is over",
    async run({ store }) {
      const { read, write } = store.limits;
      await store.put("object", bytesOf("content"));
      expectEqual(await textOf(store, "object"), "content", "the object");
      expect(store.limits.read === read && store.limits.write === write, "limits are others each time");
      expect(Number.isSafeInteger(read.current) && read.current >= 1, `limits.read is ${read.current}`);
      expectEqual([read.inFlight, write?.inFlight ?? 0], [0, 0], "requests in flight");
    },
  },
  {
    name: "figures go on counting in one object, bytes that go and come among it",
    async run({ store }) {
      const figures = store.figures?.();
      if (!figures) return;
      const before = sumFigures([figures]);
      await store.put("object", new Uint8Array(1_000));
      expectEqual((await readAll(await store.get("object"))).length, 1_000, "the object");
      expect(store.figures?.() === figures, "figures are others each time");
      const after = sumFigures([figures]);
      for (const name of ["bytesRead", "bytesWritten"] as const) {
        const count = after[name] - before[name];
        expect(count >= 1_000, `${name} counts ${count} of 1000 bytes`);
      }
      const waits = Object.entries(after.waitedMs);
      for (const [name, value] of waits) expect(value >= 0, `waitedMs.${name} is ${value}`);
    },
  },
  {
    name: "limits count no part once its writer has ended",
    async run({ store, partSize }) {
      const { write } = store.limits;
      const part = new Uint8Array(partSize);
      for (const end of ["close", "abort"] as const) {
        const writer = await store.createWriter("object", { partSize });
        for (let count = 0; count < 3; count++) await writer.write(part);
        await writer[end]();
        expectEqual(write?.inFlight ?? 0, 0, `parts in flight after ${end}()`);
      }
    },
  },
  {
    name: "disposing a store twice is fine",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      expectEqual(await textOf(store, "object"), "content", "the object");
      await store[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  },
];

const CAPABILITY_NAMES = [
  "atomicRename",
  "attributes",
  "compareAndSwap",
  "conditionalCopy",
  "conditionalDelete",
  "createOnly",
  "expires",
  "modificationTime",
  "presign",
  "resumableWrites",
  "setAttributes",
  "storageClass",
  "tags",
  "versions",
];
