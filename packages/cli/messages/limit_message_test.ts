import { assertEquals } from "@std/assert";
import { type AddressFigures, sumFigures } from "@lade/core/backend";
import type { TransferLimit } from "@lade/transfer/limits";
import { LimitMessage } from "./limit_message.ts";

const LIMIT: TransferLimit = {
  by: "network",
  name: "the network",
  sentence: "the network limited it: for a reason",
  figures: { ...sumFigures([]), elapsedMs: 1_000.04, cpuMs: 0.25, heldBackMs: 0, memoryShortages: 0 },
};

function textOf(figures: Partial<TransferLimit["figures"]>): string {
  return new LimitMessage({ ...LIMIT, figures: { ...LIMIT.figures, ...figures } }).toText();
}

Deno.test("LimitMessage tells the sentence, and counts requests where there were some", () => {
  assertEquals(textOf({}), "lade: the network limited it: for a reason");
  assertEquals(
    textOf({ requests: 1, connections: 1 }),
    "lade: the network limited it: for a reason\nlade: 1 request over 1 new connection",
  );
  assertEquals(textOf({ requests: 2 }), "lade: the network limited it: for a reason\nlade: 2 requests");
  assertEquals(
    textOf({ requests: 131, connections: 8, retries: 2, throttled: 1, hedges: { issued: 3, won: 1 } }),
    "lade: the network limited it: for a reason\nlade: 131 requests over 8 new connections, " +
      "2 of them tried again, 1 throttled, 3 of them asked once more for what was slow, of which 1 came first",
  );
});

Deno.test("LimitMessage has every figure as JSON, rounded", () => {
  const json = new LimitMessage(LIMIT).toJson() as { readonly [name: string]: unknown };
  assertEquals([json["type"], json["by"], json["sentence"]], ["limit", "network", LIMIT.sentence]);
  assertEquals(json["figures"], { ...LIMIT.figures, elapsedMs: 1_000, cpuMs: 0.3 });
  const counts = { connections: 1, requests: 2, failed: 0, bytes: 3, avoided: false };
  const address = { endpoint: "http://a", address: "1.2.3.4:80", ...counts, firstByteMs: 1.26 };
  const figures = { ...LIMIT.figures, addresses: [address] };
  const told = new LimitMessage({ ...LIMIT, figures }).toJson() as { readonly [name: string]: unknown };
  const { addresses } = told["figures"] as typeof figures;
  assertEquals(addresses, [{ ...address, firstByteMs: 1.3 }]);
});

const GOOD: AddressFigures = {
  ...{ endpoint: "https://h.test:443", address: "10.0.0.1:443", connections: 7, requests: 39 },
  ...{ failed: 0, bytes: 3 * 2 ** 20, firstByteMs: 12.34, avoided: false },
};
const BAD: AddressFigures = {
  ...{ endpoint: "https://h.test:443", address: "10.0.0.2:443", connections: 1, requests: 0 },
  ...{ failed: 3, bytes: 0, firstByteMs: 0, avoided: true },
};

Deno.test("LimitMessage has a line for each address where there are several", () => {
  const counts = "lade: the network limited it: for a reason\nlade: 39 requests over 8 new connections";
  assertEquals(textOf({ requests: 39, connections: 8, addresses: [GOOD] }), counts);
  assertEquals(
    textOf({ requests: 39, connections: 8, addresses: [GOOD, BAD] }),
    [
      counts,
      "lade: 10.0.0.1:443: 39 requests over 7 connections, first byte after 12 ms, 3.00 MiB received",
      "lade: 10.0.0.2:443: 0 requests over 1 connection, 3 failed, avoided now",
    ].join("\n"),
  );
});

Deno.test("LimitMessage has the figures of each address in JSON", () => {
  const limit = { ...LIMIT, figures: { ...LIMIT.figures, addresses: [GOOD, BAD] } };
  const { figures } = new LimitMessage(limit).toJson() as { figures: { addresses: unknown } };
  assertEquals(figures.addresses, [{ ...GOOD, firstByteMs: 12.3 }, BAD]);
});
