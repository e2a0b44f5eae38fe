import { getBytes, type ObjectStore, StoreError, UnavailableError } from "@lade/core";
import { expect, expectEqual } from "../../conformance/expect.ts";
import { collect, sampleBytes } from "../../conformance/samples.ts";
import { openClocked } from "../clocked.ts";
import type { ServiceCase, ServiceContext } from "../service_case.ts";
import type { ServiceOperation } from "../service_setup.ts";
import { settle } from "../settle.ts";

type Run = (store: ObjectStore, context: ServiceContext) => Promise<unknown>;

const deleteBoth: Run = async (store) => {
  for await (const { error } of store.deleteMany(["a", "b"])) if (error) throw error;
};

const transferCases = (["answer", "body"] as const).map((at): ServiceCase => ({
  name: `a service that is silent before the ${at} in mid-transfer is given up after about a minute`,
  async run(context) {
    await using clocked = await openClocked(context);
    const { opened } = clocked;
    const silence = opened.strike(
      "read",
      { kind: "stall", at, ...(at === "body" && { afterBytes: 0 }) },
      { nth: 2, times: Infinity },
    );
    opened.strike("read", { kind: "stall", at: "body", afterBytes: 1000 });
    const { error, tookMs } = await settle(clocked, getBytes(opened.store, "large"));
    expect(error instanceof StoreError, `its error is ${error}`);
    expect(tookMs >= 55_000 && tookMs <= 80_000, `it took ${tookMs} ms`);
    expect(error.message.includes("no byte came for"), error.message);
    expect((error.waitedMs ?? 0) >= 55_000, `it says ${error.waitedMs} ms`);
    silence.release();
  },
}));

const DOCUMENTS: readonly (readonly [name: string, operation: ServiceOperation, run: Run])[] = [
  ["list()", "list", (store) => collect(store.list())],
  ["copy()", "copy", (store) => store.copy("small", "object")],
  ["deleteMany()", "deleteBatch", deleteBoth],
];

const documentCases = DOCUMENTS.map(([name, operation, run]): ServiceCase => ({
  name: `${name} gives up a document that stalls after about a minute`,
  needs: [operation],
  async run(context) {
    await using clocked = await openClocked(context);
    const { opened } = clocked;
    await settle(clocked, opened.store.head("small"));
    opened.strike(operation, { kind: "stall", at: "body", afterBytes: 20 }, { times: Infinity });
    const { error, tookMs } = await settle(clocked, run(opened.store, context));
    // What is answered without a document cannot stall there.
    if (error === undefined && opened.server.requests.at(-1)?.bytesSent === 0) return;
    expect(error instanceof StoreError, `its error is ${error}`);
    expect(tookMs >= 30_000 && tookMs <= 80_000, `it took ${tookMs} ms`);
  },
}));

const LATE: readonly (readonly [operation: ServiceOperation, run: Run])[] = [
  ["copy", (store) => store.copy("small", "object")],
  ["commit", (store, { partSize }) => store.put("object", sampleBytes(3 * partSize))],
  ["deleteBatch", deleteBoth],
];

const lateCases = LATE.map(([operation, run]): ServiceCase => ({
  name: `a service may take two minutes to answer a ${operation}, which is answered when all is done`,
  needs: operation === "commit" ? ["writePart", "commit"] : [operation],
  async run(context) {
    await using clocked = await openClocked(context);
    const { clock, opened } = clocked;
    const wait = { kind: "before", run: () => clock.advance(120_000) } as const;
    const fault = opened.strike(operation, wait);
    const { error } = await settle(clocked, run(opened.store, context));
    expectEqual([error, fault.hits], [undefined, 1], operation);
    // A second try would hide that the first was given up.
    expectEqual(opened.requestsTo(operation).length, 1, "the requests");
  },
}));

/** A service that is silent. */
export const silenceCases: readonly ServiceCase[] = [
  ...transferCases,
  ...documentCases,
  ...lateCases,
  {
    name: "small calls of a silent service are given up after about a minute",
    needs: ["write"],
    async run(context) {
      await using clocked = await openClocked(context);
      const { opened } = clocked;
      const { store } = opened;
      await settle(clocked, store.head("small"));
      opened.strike("any", { kind: "stall", at: "answer" }, { times: Infinity });
      for (const call of [() => getBytes(store, "small"), () => store.put("small", sampleBytes(10))]) {
        const { error, tookMs } = await settle<unknown>(clocked, call());
        expect(error instanceof UnavailableError, `its error is ${error}`);
        expect(tookMs <= 80_000, `it took ${tookMs} ms`);
      }
    },
  },
  {
    name: "a write may take its time to be begun as long as nobody gives it up",
    needs: ["begin", "writePart", "commit"],
    async run(context) {
      await using clocked = await openClocked(context);
      const { clock, opened } = clocked;
      opened.strike("begin", { kind: "before", run: () => clock.advance(50_000) });
      const data = sampleBytes(3 * context.partSize);
      const { error } = await settle(clocked, opened.store.put("object", data));
      expectEqual(error, undefined, "put()");
      expectEqual((await opened.container.bytes("object"))?.length, data.length, "the bytes of the object");
    },
  },
];
