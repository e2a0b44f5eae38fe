import { assertEquals } from "@std/assert";
import { defaultBounds } from "@lade/core/bounds";
import { boundTransport } from "./bound_transport.ts";
import { BOUNDS } from "./bounds_table.ts";
import { completeTransportOptions } from "./transport_config.ts";

/** The bounds by which a transport without options goes, by name. */
function inForce(): Map<string, unknown> {
  const { limits, retry, ...config } = completeTransportOptions();
  const { totalMs, ...others } = retry;
  return new Map<string, unknown>(Object.entries({ ...config, ...others, patienceMs: totalMs, ...limits }));
}

Deno.test("BOUNDS tells of every bound, as it is in force", () => {
  const bounds = inForce();
  // Of no use to a single transport: a call asks for it.
  bounds.set("slowAnswerTimeoutMs", defaultBounds.slowAnswerTimeoutMs);
  for (const { name, value } of BOUNDS) assertEquals(bounds.get(name), value, name);
  const told = new Set(BOUNDS.map(({ name }) => name));
  const numbers = [...bounds].filter(([, value]) => typeof value === "number").map(([name]) => name);
  // A size from which on something is done otherwise, and how many threads do it: no bounds.
  assertEquals(numbers.filter((name) => !told.has(name)), ["expectContinueBytes", "lanes"]);
});

Deno.test("docs/bounds.md has the table of BOUNDS", async () => {
  const text = await Deno.readTextFile(new URL("../../../docs/bounds.md", import.meta.url));
  const lines = text.split("\n").filter((line) => line.startsWith("| `"));
  assertEquals(
    lines,
    BOUNDS.map(({ name, value, unit, meaning }) =>
      `| \`${name}\` | ${value.toLocaleString("en-US")}${unit && ` ${unit}`} | ${meaning} |`
    ),
  );
});

Deno.test("boundTransport() hands bounds to a transport", () => {
  const { retry, ...others } = completeTransportOptions(boundTransport({
    maxAttempts: 3,
    connectTimeoutMs: 1,
    firstByteTimeoutMs: 2,
    slowAnswerTimeoutMs: 3,
    stallTimeoutMs: 4,
    patienceMs: 5,
    maxRetryAfterMs: 6,
  }));
  assertEquals([others.connectTimeoutMs, others.firstByteTimeoutMs, others.stallTimeoutMs], [1, 2, 4]);
  assertEquals([retry.maxAttempts, retry.awayAttempts, retry.totalMs, retry.maxRetryAfterMs], [3, 3, 5, 6]);
  assertEquals(
    completeTransportOptions(boundTransport(defaultBounds)).retry,
    completeTransportOptions().retry,
  );
});
