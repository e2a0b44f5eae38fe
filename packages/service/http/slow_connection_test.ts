import { assertEquals } from "@std/assert";
import { HedgeBudget } from "@lade/core/concurrency";
import { FakeClock } from "@lade/testing";
import { RawServer } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const WORKERS = 10;
const REQUESTS = 400;

/** Sends requests to a server of which every tenth connection answers late; what came of it. */
async function run(hedge: boolean) {
  const clock = new FakeClock();
  const hedges = new HedgeBudget(clock);
  let requests = 0;
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      requests++;
      await clock.sleep(peer.number % 10 === 3 ? 4_000 : 400);
      await peer.answer("hello");
    }
  });
  await using transport = new TcpTransport({ clock, hedges });
  const durations: number[] = [];
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) {
      const startMs = clock.monotonicMs();
      const { body } = await transport.send({ method: "GET", url: server.url, hedge });
      assertEquals(await body.text(10), "hello");
      durations.push(clock.monotonicMs() - startMs);
    }
  };
  let over = false;
  const working = Promise.all(Array.from({ length: WORKERS }, worker)).finally(() => over = true);
  await clock.advanceUntil(50, () => over);
  await working;
  // What a server still waits for.
  await clock.runAll();
  const { issued } = hedges;
  return { requests, issued, slow: durations.filter((ms) => ms >= 4_000).length };
}

Deno.test("with one slow connection in ten hardly any answer comes late, for 5 % more requests at most", async () => {
  const plain = await run(false);
  assertEquals([plain.requests, plain.issued, plain.slow > 1], [REQUESTS, 0, true]);
  const hedged = await run(true);
  assertEquals([hedged.slow <= 1, hedged.issued > 0, hedged.issued <= REQUESTS / 20], [true, true, true]);
  assertEquals(hedged.requests <= REQUESTS + hedged.issued, true);
});
