import type { ByteRange, CopyOptions, ObjectStore, ObjectToDelete, PutOptions } from "@lade/core/backend";
import { AlreadyExistsError, PreconditionFailedError } from "@lade/core/errors";
import { readInto } from "@lade/core/operations";
import type { ConformanceCase, ConformanceContext } from "../conformance_case.ts";
import { expect, expectEqual, expectError, rejectionOf } from "../expect.ts";
import { bytesOf, collect, namesIn, readAll, sampleBytes, textOf } from "../samples.ts";

/** What a call was given is taken as it is when it is called, and what makes no sense is refused. */
export const takenOptionsCases: readonly ConformanceCase[] = [
  {
    name: "a condition that is taken back after the call began still holds",
    needs: ["createOnly"],
    async run(context) {
      const { store } = context;
      await store.put("there", bytesOf("old"));
      for (const [what, write] of Object.entries(writesOf(context))) {
        const options: Changing<PutOptions> = { ifNoneMatch: "*" };
        const call = () => write("there", options, () => delete options.ifNoneMatch);
        await expectError(call, AlreadyExistsError, what);
      }
      expectEqual(await textOf(store, "there"), "old", "the object");
    },
  },
  {
    name: "a condition of a copy that is taken back after the call began still holds",
    needs: ["conditionalCopy"],
    async run({ store }) {
      await store.put("from", bytesOf("new"));
      await store.put("there", bytesOf("old"));
      for (const way of ["copy", "rename"] as const) {
        const options: Changing<CopyOptions> = { ifNoneMatch: "*" };
        const call = store[way]("from", "there", options);
        delete options.ifNoneMatch;
        await expectError(() => call, AlreadyExistsError, `${way}()`);
      }
      expectEqual(await textOf(store, "there"), "old", "the object");
      expectEqual(await namesIn(store.list()), ["from", "there"], "the keys");
    },
  },
  {
    name: "a condition of a deletion that is taken back after the call began still holds",
    needs: ["conditionalDelete"],
    async run({ store }) {
      await store.put("there", bytesOf("old"));
      const options: { ifMatch?: string } = { ifMatch: "another" };
      const call = store.delete("there", options);
      delete options.ifMatch;
      await expectError(() => call, PreconditionFailedError, "delete()");
      expectEqual(await namesIn(store.list()), ["there"], "the keys");
    },
  },
  {
    name: "attributes that are changed after the call began are stored as they were",
    needs: ["attributes"],
    async run(context) {
      const { store } = context;
      await store.put("from", bytesOf("x"));
      const copy: Write = async (key, attributes, change) => {
        const copying = store.copy("from", key, { attributes });
        change();
        await copying;
      };
      for (const [what, write] of Object.entries({ ...writesOf(context), copy })) {
        const metadata = { step: "1" };
        const options: Changing<PutOptions> = { contentType: "text/plain", metadata };
        await write(what, options, () => {
          options.contentType = "text/html";
          metadata.step = "2";
        });
        const info = await store.head(what);
        expectEqual([info.contentType, info.metadata.step], ["text/plain", "1"], `what ${what} stores`);
      }
    },
  },
  {
    name: "get() reads the range that was asked for, whatever becomes of the options",
    async run({ store }) {
      const bytes = sampleBytes(1000);
      await store.put("object", bytes);
      const range = { offset: 10, length: 20 };
      const call = store.get("object", { range });
      Object.assign(range, { offset: 500, length: 400 });
      await using result = await call;
      expectEqual(result.range, { offset: 10, length: 20 }, "the range");
      expectEqual([...await readAll(result)], [...bytes.subarray(10, 30)], "the bytes");
    },
  },
  {
    name: "deleteMany() takes each object as it is when it comes",
    async run({ store }) {
      const keys = ["1", "2", "3"];
      for (const key of keys) await store.put(key, bytesOf(key));
      const one = { key: "" };
      const results = await collect(store.deleteMany(function* () {
        for (const key of keys) yield Object.assign(one, { key });
      }()));
      expectEqual(results.map(({ key }) => key).sort(), keys, "the keys of the results");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() of a single text, and of what names no object, is a TypeError and deletes nothing",
    async run({ store }) {
      await store.put("a", bytesOf("x"));
      await store.put("b", bytesOf("x"));
      const wrong: readonly unknown[] = ["ab", null, 7, [null], [7], [{}], [{ key: 7 }]];
      for (const objects of wrong) {
        const call = async () => await collect(store.deleteMany(objects as Iterable<ObjectToDelete>));
        await expectError(call, TypeError, `deleteMany() of ${JSON.stringify(objects)}`);
      }
      expectEqual(await namesIn(store.list()), ["a", "b"], "the keys");
    },
  },
  {
    name: "an etag or a version that is no text is a TypeError, also where it is in a list",
    async run({ store }) {
      await store.put("object", bytesOf("x"));
      for (const wrong of [null, 7, true, {}] as unknown as readonly string[]) {
        const what = `with ${JSON.stringify(wrong)}`;
        await expectError(() => store.get("object", { ifMatch: wrong }), TypeError, `get() ${what}`);
        await expectError(() => store.head("object", { ifNoneMatch: wrong }), TypeError, `head() ${what}`);
        await expectError(
          () => store.put("object", bytesOf("y"), { ifMatch: wrong }),
          TypeError,
          `put() ${what}`,
        );
        await expectError(() => store.delete("object", { ifMatch: wrong }), TypeError, `delete() ${what}`);
        const [result] = await collect(store.deleteMany([{ key: "object", ifMatch: wrong }]));
        expect(result?.error instanceof TypeError, `deleteMany() ${what}: ${result?.error}`);
        const copy = () => store.copy("object", "to", { sourceIfMatch: wrong });
        await expectError(copy, TypeError, `copy() ${what}`);
        if (store.capabilities.versions === false) continue;
        await expectError(
          () => store.get("object", { version: wrong }),
          TypeError,
          `get() of a version ${what}`,
        );
        await expectError(
          () => store.delete("object", { version: wrong }),
          TypeError,
          `delete() of one ${what}`,
        );
      }
      expectEqual(await textOf(store, "object"), "x", "the object");
      expectEqual(await namesIn(store.list()), ["object"], "the keys");
    },
  },
  {
    name: "attributes that are no text, and records that are none, are a TypeError and write nothing",
    needs: ["attributes"],
    async run({ store }) {
      const wrong: readonly unknown[] = [
        { contentType: 7 },
        { contentEncoding: null },
        { metadata: { step: 7 } },
        { metadata: new Map([["step", "7"]]) },
        { metadata: ["step"] },
        { metadata: "step" },
      ];
      for (const options of wrong as readonly PutOptions[]) {
        const what = Object.entries(options).flat().map(String).join();
        await expectError(() => store.put("object", bytesOf("x"), options), TypeError, `put() with ${what}`);
      }
      expectEqual(await namesIn(store.list()), [], "the keys");
    },
  },
  {
    name: "what is no range, and a range from both ends, is a TypeError",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      const wrong: readonly unknown[] = [null, 3, "0-3", { suffixLength: 2, offset: 0 }, {
        suffixLength: 2,
        length: 1,
      }];
      for (const range of wrong as readonly ByteRange[]) {
        await expectError(
          () => store.get("object", { range }),
          TypeError,
          `get() of ${JSON.stringify(range)}`,
        );
      }
    },
  },
  {
    name: "a key that is no text, and options that are no object, are a TypeError that says so",
    async run({ store }) {
      for (const key of [undefined, null, 7, {}] as unknown as readonly string[]) {
        for (
          const call of [() => store.get(key), () => store.put(key, bytesOf("x")), () => store.delete(key)]
        ) {
          const { message } = await expectError(call, TypeError, `the key ${key}`);
          expect(/text/.test(message), `what is told of the key ${key}: ${message}`);
        }
      }
      for (const text of [null, 7, {}, ["a"]] as unknown as readonly string[]) {
        const lists = [
          () => store.list(text),
          () => store.listWithDelimiter(text),
          () => store.list("", { startAfter: text }),
        ];
        for (const list of lists) {
          const { message } = await expectError(
            async () => await collect(list()),
            TypeError,
            `list() of ${text}`,
          );
          expect(/text/.test(message), `what is told of a listing of ${text}: ${message}`);
        }
      }
      for (const options of [null, 7, "x"] as unknown as readonly PutOptions[]) {
        const { message } = await expectError(
          () => store.put("a", bytesOf("x"), options),
          TypeError,
          "put()",
        );
        expect(/options/.test(message), `what is told of the options ${options}: ${message}`);
      }
      expectEqual(await namesIn(store.list()), [], "the keys");
    },
  },
  {
    name: "bytes whose buffer was transferred are a TypeError and write nothing",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      const data = new Uint8Array(8);
      structuredClone(data, { transfer: [data.buffer] });
      await expectError(() => store.put("object", data), TypeError, "put()");
      await using writer = await store.createWriter("object");
      await expectError(() => writer.write(data), TypeError, "write()");
      expectEqual(await textOf(store, "object"), "content", "the object");
    },
  },
  {
    name: "deleteMany() ends with the reason of its signal also where no further object comes",
    async run({ store }) {
      const stop = new AbortController();
      const silent = async function* () {
        yield "missing";
        stop.abort(new Error("stop"));
        await new Promise(() => {});
      };
      const call = async () => await collect(store.deleteMany(silent(), { signal: stop.signal }));
      const reason = await rejectionOf(call, "deleteMany()");
      expect(reason === stop.signal.reason, `deleteMany() ends with ${reason}`);
    },
  },
  {
    name: "reading into anything but bytes is a TypeError",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      for (const wrong of [new Uint16Array(8), new DataView(new ArrayBuffer(8)), [0, 0]]) {
        const target = wrong as unknown as Uint8Array;
        await using result = await store.get("object");
        await expectError(
          () => result.readInto(target),
          TypeError,
          `readInto() of ${wrong.constructor.name}`,
        );
        const read = () => readInto(store, "object", target);
        await expectError(read, TypeError, `readInto() of the store and ${wrong.constructor.name}`);
      }
    },
  },
  {
    name: "a signal that is none is a TypeError that says so",
    async run({ store }) {
      for (const signal of [new AbortController(), {}, 7] as unknown as readonly AbortSignal[]) {
        for (
          const call of [() => store.head("a", { signal }), () => store.put("a", bytesOf("x"), { signal })]
        ) {
          const { message } = await expectError(call, TypeError, "a call with no signal");
          expect(/AbortSignal/.test(message), `what is told: ${message}`);
        }
      }
      expectEqual(await namesIn(store.list()), [], "the keys");
    },
  },
  {
    name: "a condition that there is not is refused, and nothing is written or deleted",
    async run(context) {
      const { store } = context;
      await store.put("there", bytesOf("old"));
      await store.put("from", bytesOf("new"));
      for (const name of ["ifNonMatch", "ifnonematch", "if_match", "ifUnmodifiedSince", "sourceIfmatch"]) {
        const options: object = { [name]: "*" };
        const calls: Record<string, () => Promise<unknown>> = {
          get: () => store.get("there", options),
          head: () => store.head("there", options),
          delete: () => store.delete("there", options),
          copy: () => store.copy("from", "there", options),
          rename: () => store.rename("from", "there", options),
          deleteMany: async () => {
            for await (const { error } of store.deleteMany([{ key: "there", ...options }])) {
              if (error) throw error;
            }
          },
        };
        for (const [what, write] of Object.entries(writesOf(context))) {
          calls[what] = () => write("there", options, () => {});
        }
        for (const [what, call] of Object.entries(calls)) {
          const { message } = await expectError(call, TypeError, `${what} with ${name}`);
          expect(message.includes(name), `what is told: ${message}`);
        }
      }
      expectEqual(await textOf(store, "there"), "old", "the object");
      expectEqual(await namesIn(store.list()), ["from", "there"], "the keys");
    },
  },
];

type Changing<T> = { -readonly [Name in keyof T]: T[Name] };

/** Writes an object, and calls `change` as soon as its options were given. */
type Write = (key: string, options: PutOptions, change: () => void) => Promise<unknown>;

function writesOf({ store, partSize }: ConformanceContext): Readonly<Record<string, Write>> {
  const sizes = { small: 10, large: 3 * partSize };
  return Object.fromEntries(
    Object.entries(sizes).flatMap(([name, size]): [string, Write][] => [
      [`put-${name}`, async (key, options, change) => {
        const call = store.put(key, new Uint8Array(size), options);
        change();
        await call;
      }],
      [`writer-${name}`, (key, options, change) => writeStream(store, key, size, options, change)],
      [`parts-${name}`, (key, options, change) => writeParts(store, key, size, options, change)],
    ]),
  );
}

async function writeStream(
  store: ObjectStore,
  key: string,
  size: number,
  options: PutOptions,
  change: () => void,
): Promise<void> {
  const opening = store.createWriter(key, options);
  change();
  await using writer = await opening;
  await writer.write(new Uint8Array(size));
  await writer.close();
}

async function writeParts(
  store: ObjectStore,
  key: string,
  size: number,
  options: PutOptions,
  change: () => void,
): Promise<void> {
  const opening = store.createPartWriter(key, size, options);
  change();
  await using writer = await opening;
  for (let index = 0; index < writer.partCount; index++) {
    const length = Math.min(writer.partSize, size - index * writer.partSize);
    await writer.writePart(index, new Uint8Array(length));
  }
  await writer.close();
}
