import { TransportError } from "@lade/service/http";
import { sampleBytes } from "../conformance/samples.ts";
import { FakeClock } from "../time/fake_clock.ts";
import type { OpenedService, ServiceContext } from "./service_case.ts";

/** A store that lives by a clock of its case. */
export interface Clocked extends AsyncDisposable {
  /** The clock. */
  readonly clock: FakeClock;
  /** The service and its store, with the objects `small` of 10 bytes and `large` of five parts. */
  readonly opened: OpenedService;
  /** Requests that the store has sent and that have no answer yet. */
  readonly unanswered: () => number;
}

/** Opens a store by a clock; while `isRefused` nobody listens. */
export async function openClocked(
  context: ServiceContext,
  isRefused: () => boolean = () => false,
): Promise<Clocked> {
  const clock = new FakeClock({ now: Date.now() });
  const refuse = () =>
    Promise.reject(
      new TransportError({ kind: "refused", detail: "refused", endpoint: opened.server.url }),
    );
  let sent = 0;
  const opened: OpenedService = await context.open({
    context: { clock, random: () => 0.5 },
    transport: {
      async interceptor(_, __, next) {
        if (isRefused()) return await refuse();
        sent++;
        try {
          return await next();
        } finally {
          sent--;
        }
      },
    },
  });
  await opened.container.put("small", sampleBytes(10));
  await opened.container.put("large", sampleBytes(5 * context.partSize));
  return {
    clock,
    opened,
    unanswered: () => sent,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
