import { assertEquals } from "@std/assert";
import { type StoreFigures, sumFigures } from "./store_figures.ts";

const WAITS = { connecting: 1, sending: 2, answers: 3, bytes: 4, reading: 5, writing: 6 };

function figures(more: Partial<StoreFigures> = {}): StoreFigures {
  return {
    ...{ requests: 10, retries: 2, throttled: 1, hedges: { issued: 3, won: 1 } },
    ...{
      bytesRead: 100,
      bytesWritten: 50,
      connections: 4,
      lanes: 1,
      waitedMs: WAITS,
      addresses: [],
      ...more,
    },
  };
}

Deno.test("sumFigures() adds up every number, and lists the addresses of all", () => {
  const address = (name: string) => ({
    ...{ endpoint: "http://a", address: name, connections: 1, requests: 1, failed: 0 },
    ...{ bytes: 7, firstByteMs: 12, avoided: name === "1:80" },
  });
  const sum = sumFigures([
    figures({ addresses: [address("1:80")] }),
    figures({ addresses: [address("2:80")] }),
  ]);
  assertEquals(sum, {
    ...{ requests: 20, retries: 4, throttled: 2, hedges: { issued: 6, won: 2 } },
    ...{ bytesRead: 200, bytesWritten: 100, connections: 8, lanes: 2 },
    waitedMs: { connecting: 2, sending: 4, answers: 6, bytes: 8, reading: 10, writing: 12 },
    addresses: [address("1:80"), address("2:80")],
  });
});

Deno.test("sumFigures() counts what several stores share once, and keeps what it was", () => {
  const shared = { ...figures() };
  const sum = sumFigures([shared, shared]);
  shared.requests = 99;
  assertEquals([sum.requests, sum.waitedMs.writing], [10, 6]);
  assertEquals(sumFigures([]).requests, 0);
});
