import { getRange, PermissionDeniedError, ServiceError, StoreError, UnavailableError } from "@lade/core";
import { expect, expectEqual, rejectionOf } from "../../conformance/expect.ts";
import { sampleBytes } from "../../conformance/samples.ts";
import { FOREIGN_ANSWERS, type ForeignAnswerName } from "../foreign_answers.ts";
import type { OpenedService, ServiceCase, ServiceContext } from "../service_case.ts";
import type { ServiceOperation } from "../service_setup.ts";

/** A call, and the request of it that somebody else answers. */
interface ForeignCall {
  readonly meets: ServiceOperation;
  readonly run: (opened: OpenedService, context: ServiceContext) => Promise<unknown>;
}

const putInParts: ForeignCall["run"] = ({ store }, { partSize }) =>
  store.put("new", sampleBytes(2 * partSize + 1));

const CALLS: Readonly<Record<string, ForeignCall>> = {
  "get()": {
    meets: "read",
    run: ({ store }) => store.get("key").then((result) => result.readInto(new Uint8Array(1000))),
  },
  "getRange()": { meets: "read", run: ({ store }) => getRange(store, "key", 2, 3) },
  "head()": { meets: "head", run: ({ store }) => store.head("key") },
  "put()": { meets: "write", run: ({ store }) => store.put("new", sampleBytes(3)) },
  "a part of put()": { meets: "writePart", run: putInParts },
  "the start of a write": { meets: "begin", run: putInParts },
  "the commit of a write": { meets: "commit", run: putInParts },
  "abort() of a write": {
    meets: "drop",
    run: async ({ store, container }, { partSize }) => {
      const writer = await store.createPartWriter("new", 3 * partSize);
      await writer.writePart(0, sampleBytes(partSize));
      expectEqual(await container.unfinished(), 1, "the writes that were begun");
      await writer.abort();
    },
  },
  "delete()": { meets: "delete", run: ({ store }) => store.delete("key") },
  "deleteMany()": {
    meets: "deleteBatch",
    run: async ({ store }) => {
      for await (const { error } of store.deleteMany(["key", "key2"])) if (error) throw error;
    },
  },
  "copy()": { meets: "copy", run: ({ store }) => store.copy("key", "new") },
  "list()": {
    meets: "list",
    run: async ({ store }) => {
      for await (const _ of store.list());
    },
  },
};

/** Asks a call under every foreign answer. */
async function ask(name: string, { meets, run }: ForeignCall, context: ServiceContext, shown: boolean) {
  const believed: readonly string[] = shown ? [] : context.setup.believed?.[meets] ?? [];
  for (const [what, answer] of Object.entries(FOREIGN_ANSWERS)) {
    if (believed.includes(what)) continue;
    await using opened = await context.open();
    const { container, store } = opened;
    for (const key of ["key", "key2"]) await container.put(key, sampleBytes(11));
    if (shown) await store.head("key");
    const fault = opened.strike(meets, { kind: "answer", ...answer }, { times: Infinity });
    const error = await rejectionOf(() => run(opened, context), `${name} answered by ${what}`);
    expect(fault.hits > 0, `${name} makes no request to ${meets}`);
    expect(isTold(error, name, what as ForeignAnswerName), `${name} answered by ${what} fails by ${error}`);
    const left = [(await container.keys()).sort(), await container.unfinished()];
    expectEqual(left, [["key", "key2"], meets === "drop" ? 1 : 0], `what is there after ${what}`);
  }
}

/** What a caller would take for the service's word is not told. */
function isTold(error: unknown, name: string, what: ForeignAnswerName): boolean {
  if (!(error instanceof StoreError)) return false;
  // The message says what stays behind.
  if (name === "abort() of a write") {
    return error instanceof UnavailableError || error instanceof ServiceError;
  }
  return error instanceof ServiceError ||
    (what === "an error document with 200" && error instanceof PermissionDeniedError);
}

/** Calls without a condition or range. */
const PLAIN: readonly (readonly [name: string, operation: ServiceOperation, statuses: readonly number[]])[] =
  [
    ["get()", "read", [304, 412, 416]],
    ["head()", "head", [304, 412, 416]],
    ["put()", "write", [304, 404, 412, 416]],
    ["delete()", "delete", [304, 412, 416]],
    ["list()", "list", [304, 412, 416]],
  ];

const unaskedCases = PLAIN.map(([name, operation, statuses]): ServiceCase => ({
  name: `${name} takes no bare refusal for the service's that nothing in its request asks for`,
  needs: [operation],
  async run(context) {
    for (const status of statuses) {
      await using opened = await context.open();
      await opened.container.put("key", sampleBytes(11));
      opened.strike(operation, { kind: "answer", status, headers: {}, body: "" }, { times: Infinity });
      const call = () => CALLS[name]?.run(opened, context) ?? Promise.resolve();
      const error = await rejectionOf(call, `${name} answered by a bare ${status}`);
      expect(error instanceof ServiceError, `${name} answered by a bare ${status} fails by ${error}`);
      expectEqual(await opened.container.keys(), ["key"], "what is there");
    }
  },
}));

const gatewayCases = [502, 503].map((status): ServiceCase => ({
  name: `a gateway's page with ${status} is worth another try, and named when there is none left`,
  async run(context) {
    await using opened = await context.open({ transport: { retry: { maxAttempts: 2 } } });
    await opened.container.put("key", sampleBytes(10));
    const body = "<html><title>Bad Gateway</title></html>";
    const page = { kind: "answer", status, headers: { "content-type": "text/html" }, body } as const;
    const fault = opened.strike("any", page, { times: Infinity });
    const error = await rejectionOf(() => opened.store.get("key"), "get()");
    expect(error instanceof StoreError && error.retryable, `its error is ${error}`);
    expect(error.message.includes('the page "Bad Gateway"'), `the page is not named: ${error.message}`);
    expectEqual(fault.hits, 2, "the tries");
  },
}));

/** Answers of somebody else than the service. */
export const foreignAnswerCases: readonly ServiceCase[] = [
  ...Object.entries(CALLS).flatMap(([name, call]) =>
    [false, true].map((shown): ServiceCase => ({
      name: `${name} takes no answer of somebody else for the service's, at ${
        shown ? "an endpoint that has answered before" : "an endpoint not known yet"
      }`,
      needs: call.meets === "drop" ? ["begin", "writePart", "drop"] : [call.meets],
      run: (context) => ask(name, call, context, shown),
    }))
  ),
  ...unaskedCases,
  ...gatewayCases,
];
