import { getBytes, ThrottledError } from "@lade/core";
import { expect, expectBytes, expectEqual } from "../../conformance/expect.ts";
import { sampleBytes } from "../../conformance/samples.ts";
import { FakeClock } from "../../time/fake_clock.ts";
import type { OpenedService, ServiceCase } from "../service_case.ts";
import type { ServiceOperation } from "../service_setup.ts";
import { needsOf, putCallObjects, SERVICE_CALLS } from "../service_calls.ts";
import { settle } from "../settle.ts";

const stormCases = Object.entries(SERVICE_CALLS).flatMap((
  [name, { makes, run }],
): ServiceCase[] => [
  {
    name: `${name} recovers from a storm of refusals`,
    needs: needsOf(makes),
    async run(context) {
      await using opened = await context.open();
      await putCallObjects(opened);
      const storm = opened.strike("any", opened.busy, { times: 3 });
      await run(opened.store, context);
      expectEqual(storm.hits, 3, "the refused requests");
    },
  },
  ...makes.map((operation): ServiceCase => ({
    name: `${name} is a ThrottledError when the service stays too busy for ${operation}`,
    needs: [operation, ...needsOf(makes)],
    async run(context) {
      const clock = new FakeClock({ now: Date.now() });
      await using opened = await context.open({
        context: { clock, random: () => 0 },
        transport: { retry: { maxAttempts: 3 } },
      });
      await putCallObjects(opened);
      opened.strike(operation, opened.busy, { times: Infinity });
      const { error } = await settle({ clock, opened }, run(opened.store, context));
      expect(error instanceof ThrottledError, `its error is ${error}`);
      expect(error.retryable, "the error is not worth another try");
      expectEqual(await opened.container.unfinished(), 0, "the unfinished writes");
    },
  })),
]);

/** Counts how often a limit fell, as requests of an operation see it. */
function watch(opened: OpenedService, operation: ServiceOperation, limit: { readonly current: number }) {
  const seen = { fell: 0 };
  let last = limit.current;
  const run = () => {
    if (limit.current < last) seen.fell++;
    last = limit.current;
  };
  opened.strike(operation, { kind: "before", run }, { times: Infinity });
  return seen;
}

const RETRY = { transport: { retry: { baseDelayMs: 5, maxDelayMs: 20 } } };

/** A service that asks for fewer requests. */
export const throttlingCases: readonly ServiceCase[] = [
  ...stormCases,
  {
    name:
      "writes lower the number of parts in flight when the service throttles, though every retry succeeds",
    needs: ["writePart", "commit"],
    async run(context) {
      await using opened = await context.open(RETRY);
      const { store, container } = opened;
      const data = sampleBytes(40 * context.partSize);
      const { write } = store.limits;
      const seen = write && watch(opened, "writePart", write);
      const storm = opened.strike("writePart", opened.busy, { probability: 0.5 });
      await store.put("object", data);
      expectBytes(await container.bytes("object") ?? new Uint8Array(0), data, "the object");
      expect(storm.hits > 0, "nothing was throttled");
      // A fixed number of parts cannot fall.
      if (write && seen) expect(seen.fell > 0, write.explain());
    },
  },
  {
    name:
      "reads lower the number of chunks in flight when the service throttles, though every retry succeeds",
    async run(context) {
      await using opened = await context.open(RETRY);
      const { store, container } = opened;
      const data = sampleBytes(60_000);
      await container.put("object", data);
      const seen = watch(opened, "read", store.limits.read);
      const storm = opened.strike("read", opened.busy, { probability: 0.5 });
      const { bytes } = await getBytes(store, "object", { chunkSize: 1000 });
      expectBytes(bytes, data, "the bytes");
      expect(storm.hits > 0, "nothing was throttled");
      expect(seen.fell > 0, store.limits.read.explain());
    },
  },
];
