import {
  attributesOf,
  type ObjectAttributes,
  type ObjectStore,
  type ObjectWriter,
  type PartWriter,
} from "@lade/core/backend";
import { InvalidNameError, UnsupportedError } from "@lade/core/errors";
import { MemoryStore } from "@lade/core/memory";
import { copyObject, setAttributes } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, isThere } from "../samples.ts";

const EXPIRES = new Date("2031-02-03T04:05:06Z");
const PLAIN: ObjectAttributes = {
  contentType: "text/x-sample; charset=utf-8",
  contentEncoding: "gzip",
  cacheControl: "max-age=60, no-transform",
  contentDisposition: "attachment; filename=\"r 1.csv\"; filename*=UTF-8''%C3%A4.csv",
  contentLanguage: "de, en-GB",
  metadata: {
    first: "value",
    second: "another value, with = and ; in it",
    unicode: "Größe 鍵 😀",
    encoded: "=?UTF-8?Q?no?=",
    empty: "",
  },
};

/** Every attribute that the store keeps. */
function attributesFor({ capabilities }: ObjectStore): ObjectAttributes {
  return capabilities.expires === false ? PLAIN : { ...PLAIN, expires: EXPIRES };
}

/** Attributes that are stored with an object. */
export const attributeCases: readonly ConformanceCase[] = [
  {
    name: "put() stores attributes, and head() and get() tell them",
    needs: ["attributes"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), attributesFor(store));
      await expectAttributes(store, "object");
      await store.put("empty", new Uint8Array(), attributesFor(store));
      await expectAttributes(store, "empty");
    },
  },
  {
    name: "createWriter() stores attributes",
    needs: ["attributes"],
    async run({ store, partSize }) {
      await using writer = await store.createWriter("object", { ...attributesFor(store), partSize });
      await writer.write(new Uint8Array(2 * partSize + 1));
      await writer.close();
      await expectAttributes(store, "object");
    },
  },
  {
    name: "createPartWriter() stores attributes, whatever the object's size",
    needs: ["attributes"],
    async run({ store, partSize }) {
      for (const size of [0, 1, 2 * partSize + 1]) {
        await using writer = await store.createPartWriter("object", size, {
          ...attributesFor(store),
          partSize,
        });
        for (let index = 0; index < writer.partCount; index++) {
          const length = Math.min(writer.partSize, size - index * writer.partSize);
          await writer.writePart(index, new Uint8Array(length));
        }
        await writer.close();
        await expectAttributes(store, "object");
        await store.delete("object");
      }
    },
  },
  {
    name: "metadata names are stored in lower case, and none at all is an empty record",
    needs: ["attributes"],
    async run({ store }) {
      await store.put("object", bytesOf("x"), { metadata: { FirstName: "Mixed Case", ALL: "UPPER" } });
      expectEqual(
        (await store.head("object")).metadata,
        { all: "UPPER", firstname: "Mixed Case" },
        "metadata",
      );
      await store.put("bare", bytesOf("x"), { metadata: {} });
      expectEqual((await store.head("bare")).metadata, {}, "metadata of an object without any");
    },
  },
  {
    name: "metadata of two names that are one in lower case is refused by every write",
    needs: ["attributes"],
    async run({ store }) {
      const metadata = { name: "1", Name: "2" };
      await store.put("object", bytesOf("x"), { metadata: { kept: "yes" } });
      const writes: readonly (() => Promise<unknown>)[] = [
        () => store.put("object", bytesOf("y"), { metadata }),
        () => store.createWriter("object", { metadata }),
        () => store.createPartWriter("object", 1, { metadata }),
        () => store.copy("object", "object", { attributes: { metadata } }),
      ];
      for (const [i, write] of writes.entries()) await expectError(write, InvalidNameError, `write ${i}`);
      expectEqual((await store.head("object")).metadata, { kept: "yes" }, "the metadata that was there");
    },
  },
  {
    name: "metadata names of letters and digits are held by every store",
    needs: ["attributes"],
    async run({ store }) {
      for (const name of PLAIN_NAMES) {
        expectEqual(store.metadataNameFault(name), undefined, `metadataNameFault() of ${name}`);
        await holdsName(store, name);
      }
    },
    async unsupported({ store }) {
      for (const name of PLAIN_NAMES) {
        expect(
          store.metadataNameFault(name) !== undefined,
          `metadataNameFault() has nothing against ${name}`,
        );
      }
    },
  },
  {
    name: "metadata names of any other kind are held, or refused by every write with the reason",
    needs: ["attributes"],
    async run({ store }) {
      await store.put("object", bytesOf("x"), { metadata: { name: "value" } });
      for (const name of DOUBTFUL_NAMES) {
        const fault = store.metadataNameFault(name);
        if (fault === undefined) await holdsName(store, name);
        else await refusesName(store, name, fault);
      }
      for (const name of ["", "\ud83d"]) {
        expect(
          store.metadataNameFault(name) !== undefined,
          `metadataNameFault() holds ${JSON.stringify(name)}`,
        );
      }
    },
    async unsupported({ store }) {
      for (const name of DOUBTFUL_NAMES) {
        expect(
          store.metadataNameFault(name) !== undefined,
          `metadataNameFault() has nothing against ${name}`,
        );
      }
    },
  },
  {
    name: "copyObject() from another store leaves out metadata names that are not held, and tells them",
    needs: ["attributes"],
    async run({ store }) {
      const foreign = new MemoryStore();
      const names = [
        "name",
        ...DOUBTFUL_NAMES.filter((name) => foreign.metadataNameFault(name) === undefined),
      ];
      await foreign.put("from", bytesOf("x"), { metadata: record(names) });
      const { dropped = [] } = await copyObject(foreign, "from", store, "to");
      const held = names.filter((name) => store.metadataNameFault(name) === undefined);
      expectEqual((await store.head("to")).metadata, record(held), "the metadata of the copy");
      const told = dropped.filter(({ name }) => name === "metadata").map(({ reason }) => reason);
      expectEqual(told.length, held.length === names.length ? 0 : 1, "how often it is told");
      for (const name of names.filter((name) => !held.includes(name))) {
        expect(told.some((reason) => reason.includes(JSON.stringify(name))), `${name} is not told: ${told}`);
      }
    },
    async unsupported({ store }) {
      const foreign = new MemoryStore();
      await foreign.put("from", bytesOf("x"), { metadata: { name: "value" } });
      const { dropped = [] } = await copyObject(foreign, "from", store, "to");
      expectEqual(dropped.map(({ name }) => name), ["metadata"], "what is told to be missing");
    },
  },
  {
    name: "put() without attributes keeps none of the old object's",
    needs: ["attributes"],
    async run({ store }) {
      await store.put("object", bytesOf("one"), attributesFor(store));
      await store.put("object", bytesOf("two"));
      const info = await store.head("object");
      expectEqual(info.metadata, {}, "metadata");
      expectEqual(info.contentEncoding ?? "", "", "contentEncoding");
      expect(info.contentType !== PLAIN.contentType, "contentType is that of the old object");
      expect(info.cacheControl !== PLAIN.cacheControl, "cacheControl is that of the old object");
      const { contentDisposition, contentLanguage, expires } = info;
      expectEqual<unknown>(
        [contentDisposition, contentLanguage, expires],
        [undefined, undefined, undefined],
        "contentDisposition, contentLanguage and expires",
      );
    },
  },
  {
    name: "bodies are not decoded by their contentEncoding",
    needs: ["attributes"],
    async run({ store }) {
      const compressed = bytesOf("no gzip at all");
      await store.put("object", compressed, { contentEncoding: "gzip", contentType: "text/plain" });
      expectBytes(await bytesIn(store, "object"), compressed, "the object");
      expectEqual((await store.head("object")).size, compressed.length, "its size");
    },
  },
  {
    name: "copy() and rename() take the attributes along",
    needs: ["attributes"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), attributesFor(store));
      await store.put("copied", bytesOf("old"), { metadata: { other: "x" } });
      await store.copy("object", "copied");
      await expectAttributes(store, "copied");
      await store.rename("object", "moved");
      await expectAttributes(store, "moved");
      await store.copy("copied", "copied");
      await expectAttributes(store, "copied");
    },
  },
  {
    name: "copy() with attributes stores these in place of the source's, also onto itself",
    needs: ["attributes"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), attributesFor(store));
      const attributes: ObjectAttributes = { contentType: "text/plain", metadata: { other: "ö" } };
      for (const to of ["copied", "object"]) {
        const { etag } = await store.head("object");
        const { size, sourceEtag = etag } = await store.copy("object", to, { attributes });
        expectEqual([size, sourceEtag], [7, etag], "the size and the source's etag that copy() tells");
        const info = await store.head(to);
        expectEqual([info.contentType, info.metadata], ["text/plain", { other: "ö" }], to);
        const { contentEncoding, contentDisposition, contentLanguage, expires } = info;
        expectEqual<unknown>(
          [contentEncoding, contentDisposition, contentLanguage, expires],
          [undefined, undefined, undefined, undefined],
          `the rest of ${to}`,
        );
        expectBytes(await bytesIn(store, to), bytesOf("content"), to);
      }
    },
  },
  {
    name: "copyObject() from another store keeps expires, or leaves it out and tells it",
    needs: ["expires"],
    async run({ store }) {
      const foreign = new MemoryStore();
      await foreign.put("from", bytesOf("x"), { expires: EXPIRES });
      const { dropped } = await copyObject(foreign, "from", store, "to");
      expectEqual(
        [(await store.head("to")).expires, dropped],
        [EXPIRES, undefined],
        "expires, and what is told",
      );
    },
    async unsupported({ store }) {
      const foreign = new MemoryStore();
      await foreign.put("from", bytesOf("x"), { expires: EXPIRES });
      const { dropped = [] } = await copyObject(foreign, "from", store, "to");
      expectEqual(dropped.map(({ name }) => name), ["expires"], "what is told to be missing");
      const given = () => copyObject(foreign, "from", store, "given", { expires: EXPIRES });
      await expectError(given, UnsupportedError, "copyObject() with expires");
      expect(!await isThere(store, "given"), "the object is there");
    },
  },
  {
    name: "expires that is no valid Date is a TypeError",
    needs: ["expires"],
    async run({ store }) {
      const put = () => store.put("object", bytesOf("x"), { expires: new Date(NaN) });
      await expectError(put, TypeError, "put()");
      expect(!await isThere(store, "object"), "the object is there");
    },
  },
  {
    name: "attributes are done with once put() settles, and what head() tells belongs to its reader",
    needs: ["attributes"],
    async run({ store }) {
      const metadata: Record<string, string> = { name: "value" };
      await store.put("object", bytesOf("x"), { metadata });
      metadata.name = "changed";
      Object.assign((await store.head("object")).metadata, { name: "changed" });
      expectEqual((await store.head("object")).metadata, { name: "value" }, "metadata");
    },
  },
  {
    name: "storageClass is honoured on put() and createWriter()",
    needs: ["storageClass"],
    async run({ store, storageClass }) {
      expect(storageClass !== undefined, "the suite needs a storageClass of this service in its options");
      await store.put("object", bytesOf("x"), { storageClass });
      expectEqual((await store.head("object")).storageClass, storageClass, "storageClass after put()");
      await using writer = await store.createWriter("written", { storageClass });
      await writer.close();
      expectEqual((await store.head("written")).storageClass, storageClass, "storageClass after a writer");
      expect(await isThere(store, "object"), "the object is not there");
    },
  },
];

/** Names of metadata that every store with attributes holds. */
const PLAIN_NAMES: readonly string[] = [
  "name",
  "n",
  "n1",
  "mixedCase",
  "UPPER",
  "constructor",
  "n".repeat(64),
];

/** Names that some services have a rule against, in lower case. */
const DOUBTFUL_NAMES: readonly string[] = [
  ...["first-name", "first_name", "_", "__proto__", "2nd", "a.b", "a+b", "!#$%&'*+.^`|~", "class"],
  ...["with space", " leading", "a:b", "a=b", "a/b", "größe", "鍵", "😀", "a\nb", "a\0b", "", "\ud83d"],
];

/** One value for each name, which may be that of a property that every object has. */
function record(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `value of ${name.length}`]));
}

async function holdsName(store: ObjectStore, name: string): Promise<void> {
  const metadata = record([name]);
  const stored = record([name.toLowerCase()]);
  const expectStored = async (key: string, way: string) =>
    expectEqual(
      (await store.head(key)).metadata,
      stored,
      `metadata of the name ${JSON.stringify(name)} by ${way}`,
    );
  await store.put("held", bytesOf("x"), { metadata });
  await expectStored("held", "put()");
  await using writer = await store.createWriter("held", { metadata });
  await writer.close();
  await expectStored("held", "createWriter()");
  await store.copy("held", "copied");
  await expectStored("copied", "copy()");
  await store.copy("held", "copied", { attributes: { metadata } });
  await expectStored("copied", "copy() with attributes");
}

async function refusesName(store: ObjectStore, name: string, fault: string): Promise<void> {
  const options = { metadata: record(["plain", name]) };
  const open = async (opening: Promise<ObjectWriter | PartWriter>) => await (await opening).abort();
  const calls: Record<string, () => Promise<unknown>> = {
    "put()": () => store.put("object", bytesOf("y"), options),
    "createWriter()": () => open(store.createWriter("object", options)),
    "createPartWriter()": () => open(store.createPartWriter("object", 1, options)),
    "copy()": () => store.copy("object", "object", { attributes: options }),
  };
  if (store.capabilities.setAttributes === true) {
    calls["setAttributes()"] = () => setAttributes(store, "object", options);
  }
  for (const [method, call] of Object.entries(calls)) {
    const what = `${method} with metadata ${JSON.stringify(name)}`;
    const { detail } = await expectError(call, InvalidNameError, what);
    expect(detail.includes(fault), `${what} does not tell the reason ${JSON.stringify(fault)}: ${detail}`);
  }
  expectEqual((await store.head("object")).metadata, { name: "value" }, "the metadata after refused writes");
}

async function expectAttributes(store: ObjectStore, key: string): Promise<void> {
  await using result = await store.get(key);
  for (const [name, info] of [["head()", await store.head(key)], ["get()", result.info]] as const) {
    const { storageClass: _, ...attributes } = attributesOf(info);
    expectEqual<unknown>(
      attributes,
      attributesFor(store),
      `${key} by ${name}`,
    );
  }
}
