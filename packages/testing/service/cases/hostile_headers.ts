import { copyObject, getBytes, MemoryStore, readChunks, ServiceError, StoreError } from "@lade/core";
import { expect, expectEqual, expectError } from "../../conformance/expect.ts";
import { sampleBytes } from "../../conformance/samples.ts";
import type { ServiceCase } from "../service_case.ts";

const SMALL = { chunkSize: 1000 };

const sizeCases = ["1152921504606846976", "9007199254740993", "9007199254740991", "-1", "1e3"].map((
  size,
): ServiceCase => ({
  name: `a size of ${size} is an error, and no memory is asked for`,
  async run(context) {
    await using opened = await context.open();
    const { store, container } = opened;
    await container.put("object", sampleBytes(5000));
    const lie = { kind: "content-range", value: `bytes 0-999/${size}` } as const;
    opened.strike("read", lie, { times: Infinity });
    const bytes = () => getBytes(store, "object", SMALL);
    const { message } = await expectError(bytes, ServiceError, "getBytes()");
    expect(message.includes("Content-Range"), `the error does not name the header: ${message}`);
    await expectError(() => readChunks(store, "object", SMALL), ServiceError, "readChunks()");
    expectEqual(store.context.budget.held, 0, "the bytes held");
  },
}));

/** Times that are none. */
const NONSENSE: Readonly<Record<string, string | undefined>> = {
  "no time": undefined,
  "a time that is none": "yesterday",
};

const nonsenseCases = Object.entries(NONSENSE).map(([what, value]): ServiceCase => ({
  name: `get() and head() of an answer that tells ${what} are a ServiceError`,
  async run(context) {
    await using opened = await context.open();
    const { store, container } = opened;
    await container.put("object", sampleBytes(10));
    opened.strike("any", { kind: "time", value }, { times: Infinity });
    const { message } = await expectError(() => store.get("object"), ServiceError, "get()");
    expect(message.includes("Last-Modified"), `the error does not name the header: ${message}`);
    await expectError(() => store.head("object"), ServiceError, "head()");
  },
}));

/** Answers that lie by their headers. */
export const hostileHeaderCases: readonly ServiceCase[] = [
  ...sizeCases,
  ...nonsenseCases,
  {
    name: "an object larger than memory is an error that says how to read it",
    async run(context) {
      await using opened = await context.open();
      const { store, container } = opened;
      await container.put("object", sampleBytes(1000));
      const lie = { kind: "content-range", value: `bytes 0-999/${2 ** 45}` } as const;
      opened.strike("read", lie, { times: Infinity });
      const { message } = await expectError(() => getBytes(store, "object", SMALL), RangeError, "getBytes()");
      expect(message.includes("read it by stream() or readChunks()"), message);
      const to = new MemoryStore();
      const copy = () => copyObject(store, "object", to, "copy", SMALL);
      await expectError(copy, RangeError, "copyObject()");
      expectEqual([store.context.budget.held, to.context.budget.held], [0, 0], "the bytes held");
    },
  },
  {
    name: "bytes behind an answer are no part of the next",
    async run(context) {
      await using opened = await context.open();
      const { store, container } = opened;
      const data = sampleBytes(100);
      await container.put("object", data);
      opened.strike("read", { kind: "garbage", bytes: new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n") });
      for (let turn = 0; turn < 3; turn++) {
        const outcome = await getBytes(store, "object").then(({ bytes }) => bytes, (error) => error);
        if (outcome instanceof Error) expect(outcome instanceof StoreError, `its error is ${outcome}`);
        else expectEqual([...outcome as Uint8Array], [...data], "the bytes");
      }
    },
  },
];
