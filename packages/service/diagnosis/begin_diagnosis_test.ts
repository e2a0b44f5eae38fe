import { assertEquals } from "@std/assert";
import type { CreateTransportOptions, Transport } from "@lade/service/http";
import { beginDiagnosis } from "./begin_diagnosis.ts";
import { DIAGNOSIS_BOUNDS } from "./examine_service.ts";

Deno.test("beginDiagnosis() completes its options, and makes transports with its bounds that note their answers", () => {
  const made: CreateTransportOptions[] = [];
  const transport = (options: CreateTransportOptions) => (made.push(options), {} as Transport);
  const { begun, context, transport: make } = beginDiagnosis({ prefix: "a", surroundings: { transport } });
  const { answers, clock, ...asked } = begun;
  assertEquals(asked, { prefix: "a/", write: false, measureMs: 2_000, maxBytes: 2 ** 28, signal: undefined });
  assertEquals(clock, context.clock);
  make({ unreachableAfterMs: 60_000 });
  assertEquals(made, [{ ...DIAGNOSIS_BOUNDS, observer: answers.observer }]);
});
