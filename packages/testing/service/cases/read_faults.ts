import {
  ChecksumMismatchError,
  getBytes,
  NotFoundError,
  PreconditionFailedError,
  readInto,
  ServiceError,
  StoreError,
  UnavailableError,
} from "@lade/core";
import { expect, expectBytes, expectEqual, expectError } from "../../conformance/expect.ts";
import { sampleBytes } from "../../conformance/samples.ts";
import type { FaultAction } from "../../http/faults/fault_action.ts";
import type { OpenedService, OpenOptions, ServiceCase, ServiceContext } from "../service_case.ts";

const CHUNK = 4096;

/** Opens a store with the object `object`. */
async function openWith(
  context: ServiceContext,
  size: number,
  options: OpenOptions = {},
): Promise<{ readonly opened: OpenedService; readonly data: Uint8Array<ArrayBuffer> } & AsyncDisposable> {
  const opened = await context.open(options);
  const data = sampleBytes(size);
  await opened.container.put("object", data);
  return { opened, data, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

const cutCases = (["fin", "rst"] as const).map((how): ServiceCase => ({
  name: `getBytes() goes on after a body that is cut by ${how} around every chunk boundary`,
  async run(context) {
    await using prepared = await openWith(context, 5 * CHUNK + 7);
    const { opened, data } = prepared;
    for (let chunk = 0; chunk < 5; chunk++) {
      for (const off of [-1, 0, 1]) {
        const at = Math.max(0, CHUNK + off - (chunk === 0 ? 1 : 0));
        const fault = opened.strike("read", { kind: "cut", afterBytes: at, how }, { nth: chunk + 1 });
        const { bytes } = await getBytes(opened.store, "object", { chunkSize: CHUNK, concurrency: 2 });
        expectBytes(bytes, data, `chunk ${chunk}, cut at byte ${at}`);
        opened.server.faults.remove(fault);
      }
    }
  },
}));

/** Answers to the second chunk, of bytes `CHUNK` to `2 * CHUNK - 1`. */
const LIES: Readonly<Record<string, FaultAction>> = {
  "a Content-Range of other bytes": { kind: "content-range", value: `bytes 1-${CHUNK}/20480` },
  "a Content-Range that is longer": { kind: "content-range", value: `bytes ${CHUNK}-${2 * CHUNK}/20480` },
  "a Content-Range of another size": {
    kind: "content-range",
    value: `bytes ${CHUNK}-${2 * CHUNK - 1}/99999`,
  },
  "a Content-Range that is none": { kind: "content-range", value: "bytes */20480" },
  "no Content-Range": { kind: "content-range", value: undefined },
  "a shorter body": { kind: "resize", delta: -1 },
  "a longer body": { kind: "resize", delta: 1 },
  "the whole object": { kind: "ignore-range" },
};

const lieCases = Object.entries(LIES).map(([what, action]): ServiceCase => ({
  name: `getBytes() takes no bytes from an answer with ${what}`,
  async run(context) {
    await using prepared = await openWith(context, 5 * CHUNK);
    const { opened } = prepared;
    const fault = opened.strike("read", action, { nth: 2, times: Infinity });
    const read = () => getBytes(opened.store, "object", { chunkSize: CHUNK, concurrency: 1 });
    const error = await expectError(read, StoreError, "getBytes()");
    expect(
      error instanceof ServiceError || error instanceof UnavailableError ||
        error instanceof PreconditionFailedError,
      `its error is ${error}`,
    );
    expect(fault.hits > 0, "no answer was changed");
  },
}));

const flipCases = ([["one answer", 1000], ["one of many ranges", 20 * 2 ** 20]] as const).map((
  [where, size],
): ServiceCase => ({
  name: `getBytes() finds a flipped bit in ${where}`,
  needs: ["write"],
  async run(context) {
    await using opened = await context.open({ partSize: 8 * 2 ** 20 });
    const { store } = opened;
    await store.put("object", sampleBytes(size));
    const nth = size > 1000 ? 2 : 1;
    const fault = opened.strike("read", { kind: "flip", atByte: 500 }, { nth });
    const { message } = await expectError(
      () => getBytes(store, "object"),
      ChecksumMismatchError,
      "getBytes()",
    );
    expect(/crc-?32c|md5|crc-?64/i.test(message), `the error does not name the checksum: ${message}`);
    expectEqual(fault.hits, 1, "the flipped bits");
  },
}));

/** Reads under faults of the answers. */
export const readFaultCases: readonly ServiceCase[] = [
  ...cutCases,
  ...lieCases,
  ...flipCases,
  {
    name: "list() asks again for a page that breaks off",
    needs: ["list"],
    async run(context) {
      for (const how of ["fin", "rst"] as const) {
        await using prepared = await openWith(context, 1);
        const { opened } = prepared;
        const fault = opened.strike("list", { kind: "cut", afterBytes: 20, how }, { times: 2 });
        const keys = await Array.fromAsync(opened.store.list(), ({ key }) => key);
        expectEqual([keys, fault.hits], [["object"], 2], `cut by ${how}`);
      }
    },
  },
  {
    name: "getBytes() goes on after a body that is cut time and again, and asks for no byte twice",
    async run(context) {
      await using prepared = await openWith(context, 100_000);
      const { opened, data } = prepared;
      opened.strike("read", { kind: "cut", afterBytes: 10_000, how: "fin" }, { times: 4 });
      const { bytes } = await getBytes(opened.store, "object");
      expectBytes(bytes, data, "the bytes");
      const sent = opened.requestsTo("read").map(({ bytesSent }) => bytesSent);
      expectEqual(sent, [10_000, 10_000, 10_000, 10_000, 60_000], "the bytes of each answer");
    },
  },
  {
    name: "get() uses an answer that ignores a range of all bytes, and refuses one that ignores part of them",
    async run(context) {
      await using prepared = await openWith(context, 1000);
      const { opened: { store }, opened, data } = prepared;
      opened.strike("read", { kind: "ignore-range" }, { times: Infinity });
      const whole = await store.get("object", { range: { offset: 0, length: 5000 } });
      const target = new Uint8Array(1000);
      expectEqual(await whole.readInto(target), 1000, "the number of bytes");
      expectBytes(target, data, "the bytes");
      for (const range of [{ offset: 0, length: 10 }, { offset: 10 }, { suffixLength: 10 }]) {
        const error = await expectError(() => store.get("object", { range }), ServiceError, "get()");
        expect(error.message.includes("ignored the range"), `the error does not say so: ${error.message}`);
      }
    },
  },
  {
    name: "getBytes() fails when the object is replaced between ranges, and never mixes versions",
    async run(context) {
      await using prepared = await openWith(context, 5 * CHUNK);
      const { opened } = prepared;
      const run = () => opened.container.put("object", sampleBytes(5 * CHUNK, 2));
      opened.strike("read", { kind: "before", run }, { nth: 3 });
      const read = () => getBytes(opened.store, "object", { chunkSize: CHUNK, concurrency: 1 });
      await expectError(read, PreconditionFailedError, "getBytes()");
    },
  },
  {
    name: "getBytes() fails when a range comes with another etag",
    async run(context) {
      await using prepared = await openWith(context, 5 * CHUNK);
      const { opened } = prepared;
      opened.strike("read", { kind: "etag", value: '"other"' }, { nth: 3 });
      const read = () => getBytes(opened.store, "object", { chunkSize: CHUNK, concurrency: 1 });
      await expectError(read, PreconditionFailedError, "getBytes()");
    },
  },
  {
    name: "getBytes() tells an object that vanishes while it is read",
    async run(context) {
      await using prepared = await openWith(context, 5 * CHUNK);
      const { opened } = prepared;
      opened.strike("read", { kind: "before", run: () => opened.container.remove("object") }, { nth: 2 });
      const read = () => getBytes(opened.store, "object", { chunkSize: CHUNK, concurrency: 1 });
      await expectError(read, NotFoundError, "getBytes()");
    },
  },
  {
    name: "readInto() gets on after a stalled body",
    async run(context) {
      await using prepared = await openWith(context, 50_000, { transport: { stallTimeoutMs: 50 } });
      const { opened, data } = prepared;
      opened.strike("read", { kind: "stall", at: "body", afterBytes: 20_000 });
      const target = new Uint8Array(50_000);
      await readInto(opened.store, "object", target);
      expectBytes(target, data, "the bytes");
    },
  },
  {
    name: "get() of a silent service is an UnavailableError",
    async run(context) {
      const transport = { firstByteTimeoutMs: 50, retry: { maxAttempts: 2 } };
      await using prepared = await openWith(context, 1000, { transport });
      const { opened } = prepared;
      opened.strike("read", { kind: "stall", at: "answer" }, { times: Infinity });
      const error = await expectError(() => opened.store.get("object"), UnavailableError, "get()");
      expect(error.retryable, "the error is not worth another try");
    },
  },
  {
    name: "get() gives up its connection when it is cancelled half-way",
    async run(context) {
      await using prepared = await openWith(context, 20 * 2 ** 20);
      const { opened: { store, server } } = prepared;
      const before = server.connectionCount;
      const result = await store.get("object");
      await result.readInto(new Uint8Array(1000));
      await result.cancel();
      const { bytes } = await getBytes(store, "object", { range: { offset: 5, length: 10 } });
      expectEqual([bytes.length, server.connectionCount - before], [10, 2], "the bytes and connections");
    },
  },
  {
    name: "get() that takes no bytes from an answer gives up its connection",
    async run(context) {
      let unread = 0;
      const observer = { responded: () => unread++, finished: () => unread-- };
      await using prepared = await openWith(context, 100_000, { transport: { observer } });
      const { opened } = prepared;
      const range = { offset: 10, length: 50_000 };
      const lies: readonly FaultAction[] = [
        { kind: "time", value: undefined },
        { kind: "etag", value: '"other"' },
        { kind: "content-range", value: "bytes 0-49999/100000" },
      ];
      for (const lie of lies) {
        opened.strike("read", lie);
        const { etag } = await opened.store.head("object");
        const read = () =>
          opened.store.get("object", { range, ...(etag !== undefined && { ifMatch: etag }) });
        await expectError(read, StoreError, `get() of an answer with ${lie.kind}`);
        expectEqual(unread, 0, `the answers that are open after ${lie.kind}`);
      }
    },
  },
  {
    name: "get() and head() with a condition believe no answer that does not fit it",
    async run(context) {
      await using prepared = await openWith(context, 10);
      const { opened: { store }, opened } = prepared;
      const { etag } = await store.head("object");
      if (etag === undefined) return;
      opened.strike("any", { kind: "etag", value: '"other"' }, { times: Infinity });
      for (const call of ["get", "head"] as const) {
        await expectError(
          () => store[call]("object", { ifMatch: etag }),
          PreconditionFailedError,
          `${call}()`,
        );
        const ruledOut = () => store[call]("object", { ifNoneMatch: "other" });
        await expectError(ruledOut, PreconditionFailedError, `${call}() with ifNoneMatch`);
      }
    },
  },
  {
    name: "redirects in a circle end, and one to plain HTTP elsewhere is not followed",
    async run(context) {
      await using prepared = await openWith(context, 10);
      const { opened: { server, store }, opened } = prepared;
      for (const to of [server.url, "http://192.0.2.1"]) {
        opened.server.requests.length = 0;
        const fault = opened.strike("any", { kind: "redirect", status: 307, to }, { times: Infinity });
        await expectError(() => store.get("object"), ServiceError, `get() that is sent to ${to}`);
        expect(fault.hits <= 10, `it was sent on ${fault.hits} times`);
        server.faults.remove(fault);
      }
    },
  },
];
