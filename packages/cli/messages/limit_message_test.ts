import { assertEquals } from "@std/assert";
import { sumFigures } from "@lade/core/backend";
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
  assertEquals(
    textOf({ requests: 131, connections: 8, retries: 2, throttled: 1, hedges: { issued: 3, won: 1 } }),
    "lade: the network limited it: for a reason\nlade: 131 requests over 8 new connections, " +
      "2 of them tried again, 1 throttled, 3 asked once more for being slow, of which 1 won",
  );
});

Deno.test("LimitMessage has every figure as JSON, rounded", () => {
  const json = new LimitMessage(LIMIT).toJson() as { readonly [name: string]: unknown };
  assertEquals([json["type"], json["by"], json["sentence"]], ["limit", "network", LIMIT.sentence]);
  assertEquals(json["figures"], { ...LIMIT.figures, elapsedMs: 1_000, cpuMs: 0.3 });
});
