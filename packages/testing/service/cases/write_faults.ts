import { AlreadyExistsError, PermissionDeniedError, StoreError, UnavailableError } from "@lade/core/errors";
import { expect, expectBytes, expectEqual, expectError, expectReason } from "../../conformance/expect.ts";
import { sampleBytes } from "../../conformance/samples.ts";
import type { OpenedService, ServiceCase } from "../service_case.ts";
import { WRITE_WAYS } from "../service_calls.ts";
import type { ServiceOperation } from "../service_setup.ts";

const FORBIDDEN = { kind: "status", status: 403 } as const;
const OLD = sampleBytes(3, 9);
const FINAL = { transport: { retry: { maxAttempts: 2 } } };

async function expectStored(
  { container }: OpenedService,
  key: string,
  data: Uint8Array,
  what: string,
): Promise<void> {
  expectBytes(await container.bytes(key) ?? new Uint8Array(0), data, what);
  expectEqual(await container.unfinished(), 0, "the unfinished writes");
}

const wayCases = Object.entries(WRITE_WAYS).flatMap(([way, write]): ServiceCase[] => {
  const inParts = (
    name: string,
    run: ServiceCase["run"],
    ...needs: ServiceOperation[]
  ): ServiceCase => ({
    name: `${way} ${name}`,
    needs: ["writePart", "commit", ...needs],
    run,
  });
  return [
    inParts("stores what it sends in parts, and tells its size and etag", async (context) => {
      await using opened = await context.open();
      const data = sampleBytes(5 * context.partSize + 1);
      const { size, etag } = await write(opened.store, data, context);
      await expectStored(opened, "object", data, "the object");
      const { etag: told } = await opened.store.head("object");
      expectEqual([size, etag ?? told], [data.length, told], "the size and etag");
    }),
    ...(["fin", "rst"] as const).map((how) =>
      inParts(`sends a part again whose connection was broken by ${how}`, async (context) => {
        await using opened = await context.open();
        const data = sampleBytes(5 * context.partSize + 1);
        const afterBytes = Math.floor(context.partSize / 2);
        const cut = opened.strike("writePart", { kind: "cut-request", afterBytes, how }, { nth: 2 });
        const lost = opened.strike("writePart", { kind: "drop-answer", how }, { nth: 5 });
        await write(opened.store, data, context);
        await expectStored(opened, "object", data, "the object");
        expectEqual([cut.hits, lost.hits], [1, 1], "the faults");
      })
    ),
    inParts("keeps the old object and leaves nothing behind when a part fails for good", async (context) => {
      await using opened = await context.open();
      await opened.container.put("object", OLD);
      opened.strike("writePart", FORBIDDEN, { nth: 3, times: Infinity });
      const data = sampleBytes(5 * context.partSize + 1);
      await expectError(() => write(opened.store, data, context), PermissionDeniedError, way);
      await expectStored(opened, "object", OLD, "the old object");
    }),
    inParts("tells of what it could not remove", async (context) => {
      await using opened = await context.open(FINAL);
      opened.strike("writePart", FORBIDDEN, { nth: 2, times: Infinity });
      const broken = opened.strike("drop", { kind: "status", status: 503 }, { times: Infinity });
      const data = sampleBytes(5 * context.partSize + 1);
      const error = await expectError(() => write(opened.store, data, context), StoreError, way);
      expect(/stays? behind/.test(error.message), `the error does not tell what is left: ${error.message}`);
      expectEqual(
        [broken.hits, await opened.container.unfinished()],
        [2, 1],
        "the tries, and the unfinished writes",
      );
    }, "drop"),
    inParts("takes a lost answer to the commit for a success when the object is there", async (context) => {
      for (const options of [{}, { ifNoneMatch: "*" }]) {
        await using opened = await context.open();
        const lost = opened.strike("commit", { kind: "drop-answer", how: "rst" });
        const data = sampleBytes(5 * context.partSize + 1);
        const { etag } = await write(opened.store, data, context, options);
        await expectStored(opened, "object", data, "the object");
        const { etag: told } = await opened.store.head("object");
        expectEqual([lost.hits, etag ?? told], [1, told], "the fault and the etag");
      }
    }),
    inParts("fails when the commit goes unanswered and nothing was made", async (context) => {
      await using opened = await context.open(FINAL);
      await opened.container.put("object", OLD);
      const cut = { kind: "cut-request", afterBytes: 1, how: "rst" } as const;
      opened.strike("commit", cut, { times: Infinity });
      const data = sampleBytes(5 * context.partSize + 1);
      await expectError(() => write(opened.store, data, context), UnavailableError, way);
      await expectStored(opened, "object", OLD, "the old object");
    }),
    inParts("leaves nothing behind when it is aborted at any request", async (context) => {
      const data = sampleBytes(5 * context.partSize + 1);
      for (let request = 1; request <= 8; request++) {
        await using opened = await context.open();
        const controller = new AbortController();
        const reason = new Error(`stop at request ${request}`);
        opened.strike("any", { kind: "before", run: () => controller.abort(reason) }, { nth: request });
        const { signal } = controller;
        const outcome = await write(opened.store, data, context, { signal }).then(
          () => undefined,
          (error) => error,
        );
        const stored = await opened.container.bytes("object");
        if (outcome === undefined) await expectStored(opened, "object", data, "the object");
        else {
          await expectReason(() => Promise.reject(outcome), reason, `${way} aborted at request ${request}`);
          // The commit makes the object, and no abort can take that back.
          if (opened.requestsTo("commit").length === 0) {
            expect(stored === undefined, `an object is there after request ${request}`);
          }
        }
        expectEqual(await opened.container.unfinished(), 0, `the unfinished writes after request ${request}`);
      }
    }),
  ];
});

const flipCases = (["write", "writePart"] as const).map((operation): ServiceCase => ({
  name: `bytes of a ${operation} that change on their way are not told as stored`,
  needs: operation === "write" ? ["write"] : ["writePart", "commit"],
  async run(context) {
    await using opened = await context.open(FINAL);
    const flip = { kind: "flip-request", atByte: 5 } as const;
    const fault = opened.strike(operation, flip, { times: Infinity });
    const data = sampleBytes(operation === "write" ? 100 : 3 * context.partSize);
    await expectError(() => opened.store.put("object", data), StoreError, "put()");
    expect(fault.hits > 0, "no byte was changed");
    expectEqual(
      [await opened.container.keys(), await opened.container.unfinished()],
      [[], 0],
      "what is there",
    );
  },
}));

/** Writes under faults. */
export const writeFaultCases: readonly ServiceCase[] = [
  ...wayCases,
  ...flipCases,
  {
    name: "put() does not take its own object for another's when the answer is lost",
    needs: ["write"],
    async run(context) {
      await using opened = await context.open();
      const { store } = opened;
      const data = sampleBytes(10);
      const ifNoneMatch = "*";
      await store.put("another", data, { ifNoneMatch });
      opened.strike("write", { kind: "drop-answer", how: "rst" });
      const error = await store.put("object", data, { ifNoneMatch }).then(() => undefined, (error) => error);
      expect(!(error instanceof AlreadyExistsError), "its own object is told as somebody else's");
      if (error) expect(error instanceof UnavailableError && error.retryable, `its error is ${error}`);
      await expectError(() => store.put("object", data, { ifNoneMatch }), AlreadyExistsError, "put()");
    },
  },
  ...[502, 504].map((status): ServiceCase => ({
    name: `put() that a gateway answers with ${status} is never told as an object of somebody else`,
    needs: ["write"],
    async run(context) {
      await using opened = await context.open();
      const data = sampleBytes(10);
      opened.strike("write", [
        { kind: "before", run: () => opened.container.put("key", data) },
        { kind: "status", status, afterBody: true },
      ], { key: "key" });
      const put = () => opened.store.put("key", data, { ifNoneMatch: "*" });
      await expectError(put, UnavailableError, "put()");
    },
  })),
  {
    name: "createWriter() holds no more than its parts in flight and the one it fills",
    needs: ["writePart", "commit"],
    async run(context) {
      const { partSize } = context;
      await using opened = await context.open();
      const { budget } = opened.store.context;
      let most = 0;
      opened.strike("any", { kind: "before", run: () => void (most = Math.max(most, budget.held)) }, {
        times: Infinity,
      });
      await using writer = await opened.store.createWriter("object", { partSize, concurrency: 3 });
      const data = sampleBytes(20 * partSize);
      const step = Math.ceil(partSize * 0.3);
      for (let at = 0; at < data.length; at += step) await writer.write(data.subarray(at, at + step));
      await writer.close();
      // Buffers are whole pages.
      const page = Math.ceil(partSize / 4096) * 4096;
      expect(most <= 4 * page, `${most} bytes were held`);
      expectEqual(budget.held, 0, "the bytes held at the end");
      await expectStored(opened, "object", data, "the object");
    },
  },
  {
    name: "writers go on when the budget is smaller than one part of each",
    needs: ["writePart", "commit"],
    async run(context) {
      const { partSize } = context;
      await using opened = await context.open({ context: { maxBufferedBytes: partSize } });
      const { store } = opened;
      const keys = Array.from({ length: 5 }, (_, i) => `object-${i}`);
      const writers = await Promise.all(keys.map((key) => store.createWriter(key)));
      const data = sampleBytes(3 * partSize);
      const step = Math.ceil(partSize / 2);
      for (let at = 0; at < data.length; at += step) {
        for (const writer of writers) await writer.write(data.subarray(at, at + step));
      }
      for (const writer of writers) await writer.close();
      for (const key of keys) await expectStored(opened, key, data, key);
      expectEqual(store.context.budget.held, 0, "the bytes held at the end");
    },
  },
  {
    name: "abort() while the write is being begun removes it",
    needs: ["begin", "writePart", "drop"],
    async run(context) {
      await using opened = await context.open();
      const stall = opened.strike("begin", { kind: "stall", at: "answer" });
      const writer = await opened.store.createWriter("object");
      const writing = writer.write(sampleBytes(5 * context.partSize)).catch((error) => error);
      await stall.reached;
      const aborting = writer.abort(new Error("enough"));
      stall.release();
      await aborting;
      expectEqual((await writing)?.message, "enough", "the reason that write() rejects with");
      expectEqual(
        [await opened.container.unfinished(), await opened.container.keys()],
        [0, []],
        "what is left",
      );
    },
  },
  {
    name: "copy() does not tell a failure when its answer is lost and the copy is there",
    needs: ["copy"],
    async run(context) {
      await using opened = await context.open();
      await opened.container.put("from", OLD);
      opened.strike("copy", { kind: "drop-answer", how: "rst" });
      await opened.store.copy("from", "to");
      await expectStored(opened, "to", OLD, "the copy");
    },
  },
];
