import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual } from "../expect.ts";
import { bytesOf, textOf } from "../samples.ts";

/** What a store tells of itself, and how it ends. */
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
      const { firstChunkSize, chunkSize, initialConcurrency, maxConcurrency, alignment } = store.readHints;
      const { sequentialConcurrency = 1 } = store.readHints;
      const all = {
        firstChunkSize,
        chunkSize,
        initialConcurrency,
        maxConcurrency,
        alignment,
        sequentialConcurrency,
      };
      for (const [name, value] of Object.entries(all)) {
        expect(Number.isSafeInteger(value) && value >= 1, `${name} is ${value}`);
      }
      expect(initialConcurrency <= maxConcurrency, "initialConcurrency is above maxConcurrency");
      expectEqual(chunkSize % alignment, 0, "chunkSize modulo alignment");
      await store.put("object", bytesOf("x"));
      expect(store.readHints === store.readHints, "readHints is another object each time");
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
  "modificationTime",
  "presign",
  "storageClass",
  "tags",
  "versions",
];
