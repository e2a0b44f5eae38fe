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
  const opened: OpenedService = await context.open({
    context: { clock, random: () => 0.5 },
    transport: { interceptor: (_, __, next) => isRefused() ? refuse() : next() },
  });
  await opened.container.put("small", sampleBytes(10));
  await opened.container.put("large", sampleBytes(5 * context.partSize));
  return { clock, opened, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}
