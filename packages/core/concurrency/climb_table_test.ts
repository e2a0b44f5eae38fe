import { assert, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { SimulatedClient, type SimulatedService } from "./simulated_service_test.ts";

const MIB = 2 ** 20;
const CHUNK = 8 * MIB;
const READS = { initial: 4, maximum: 64 };
const WRITES = { initial: 8, maximum: 32 };

function* services(): Generator<SimulatedService> {
  for (const rttMs of [0.2, 5, 20, 40, 150]) {
    for (const perConnection of [20, 100, 500]) {
      for (const total of [100, 500, 1_000, 10_000]) {
        if (total >= perConnection) yield { rttMs, perConnection, total };
      }
    }
  }
}

/** How many doublings, and how long, until the limit allows nine tenths of what the service gives. */
function climb(service: SimulatedService, config: typeof READS, seed: number) {
  const client = new SimulatedClient(service, config, seed);
  const best = client.rateAt(config.maximum, CHUNK);
  client.run(CHUNK, () => client.rateAt(client.limit.current, CHUNK) >= 0.9 * best);
  return { client, best, doublings: client.limits.length - 1, ms: client.nowMs };
}

Deno.test("AdaptiveLimit reads with what the network carries after a wait and two megabytes for each doubling", () => {
  for (const service of services()) {
    // What is near is judged by whole rounds.
    if (service.rttMs < 4) continue;
    for (const seed of [1, 2, 3]) {
      const { doublings, ms } = climb(service, READS, seed);
      const { rttMs, perConnection } = service;
      const each = rttMs + 2 * MIB / (perConnection * 1e3);
      const found = `${JSON.stringify(service)}: ${doublings} doublings, ${ms.toFixed(0)} ms`;
      assertLessOrEqual(doublings, 4, found);
      assertLessOrEqual(ms, 1.4 * doublings * each, found);
    }
  }
});

Deno.test("AdaptiveLimit writes with what the network carries after two doublings, a part for each", () => {
  for (const service of services()) {
    const { doublings, ms } = climb({ ...service, isSilent: true }, WRITES, 1);
    const { perConnection, rttMs, total } = service;
    const each = rttMs + CHUNK / (Math.min(perConnection, total / WRITES.initial) * 1e3);
    const found = `${JSON.stringify(service)}: ${doublings} doublings, ${ms.toFixed(0)} ms`;
    assertLessOrEqual(doublings, 2, found);
    assertLessOrEqual(ms, 1.6 * doublings * each, found);
  }
});

Deno.test("AdaptiveLimit keeps to what the network carries, noisy or not", () => {
  for (const service of services()) {
    for (const noise of [0.1, 0.3]) {
      for (const isSilent of [false, true]) {
        const config = isSilent ? WRITES : READS;
        const { client, best } = climb({ ...service, noise, isSilent }, config, 1);
        client.move(2 ** 31, CHUNK);
        const share = 2 ** 31 / best / client.move(2 ** 31, CHUNK);
        assertGreater(share, 0.75, `${JSON.stringify(client.service)}: ${client.limit.explain()}`);
      }
    }
  }
});

Deno.test("AdaptiveLimit stays calm where one connection carries all, as on loopback and on one core", () => {
  for (const total of [500, 1_000, 3_000]) {
    for (const noise of [0.1, 0.3]) {
      for (const isSilent of [false, true]) {
        const config = isSilent ? WRITES : READS;
        const service = {
          ...{ rttMs: 0.2, perConnection: 2 * total, total, noise, isSilent },
          buffered: isSilent ? 0 : 4 * MIB,
        };
        const client = new SimulatedClient(service, config, 1);
        const ms = client.move(2 ** 30, CHUNK);
        const most = Math.max(...client.limits.map(({ limit }) => limit));
        const found = `${JSON.stringify(service)}: ${JSON.stringify(client.limits)}`;
        assertLessOrEqual(most, 16, found);
        assertGreater(2 ** 30 / ms, 0.85 * client.rateAt(1, CHUNK), found);
        client.move(2 ** 32, CHUNK);
        assertLessOrEqual(client.limit.current, 8, found);
      }
    }
  }
});

Deno.test("AdaptiveLimit comes down from a climb that a service throttles, and rarely asks it for more", () => {
  for (const throttledAt of [5, 12, 30]) {
    for (const rttMs of [0.2, 40, 150]) {
      const service = { rttMs, perConnection: 100, total: 10_000, throttledAt };
      const client = new SimulatedClient(service, READS, 1);
      client.move(2 ** 32, CHUNK);
      const { finished, refused } = client;
      client.move(2 ** 33, CHUNK);
      const found = `${JSON.stringify(service)}: ${client.limit.explain()}`;
      assertLess((client.refused - refused) / (client.finished - finished), 0.05, found);
      assert(client.limit.current <= throttledAt + 2 && client.limit.current >= throttledAt / 2, found);
    }
  }
});

Deno.test("AdaptiveLimit reaches its level earlier where connections are opened when it says that they will be needed", () => {
  for (const rttMs of [20, 40, 150]) {
    for (const perConnection of [20, 100, 500]) {
      // A handshake of TCP and one of TLS.
      const service = { rttMs, perConnection, total: 10_000, connectMs: 2 * rttMs };
      const [late, ahead] = [false, true].map((opensAhead) => climb({ ...service, opensAhead }, READS, 1).ms);
      const found = `${JSON.stringify(service)}: ${late?.toFixed(0)} and ${ahead?.toFixed(0)} ms`;
      assertLess((ahead ?? Infinity) / (late ?? 0), 0.85, found);
    }
  }
});
