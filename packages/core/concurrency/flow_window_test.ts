import { assertEquals } from "@std/assert";
import { FlowWindow } from "./flow_window.ts";

Deno.test("FlowWindow estimates how long a request takes from its wait and the speed since enough have begun", () => {
  const window = new FlowWindow();
  window.begin(40, { ms: 40, total: 800 });
  window.add(100, 50);
  assertEquals(window.estimate(2, 100), undefined, "one has begun");
  window.begin(60, { ms: 60, total: 400 });
  assertEquals(window.estimate(2, 100), undefined, "what came before tells nothing");
  window.add(40, 70);
  assertEquals(window.estimate(2, 100), undefined, "too few bytes");
  window.add(60, 80);
  // Two flowed for 20 ms and brought 100 bytes: 0.4 ms of one flow for each.
  assertEquals(window.estimate(2, 100), { bytes: 600, durationMs: 50 + 600 * 0.4 });
});

Deno.test("FlowWindow counts what flows from an earlier round into the speed, not into the waits", () => {
  const window = new FlowWindow();
  window.begin(0, { ms: 5, total: 100 });
  window.reset();
  assertEquals(window.estimate(1, 1), undefined);
  window.begin(10, { ms: 10, total: 50 });
  assertEquals(window.estimate(1, 10), undefined);
  window.end(20);
  window.add(30, 30);
  // Two flowed for 10 ms, and one for 10 more.
  assertEquals(window.estimate(1, 10), { bytes: 50, durationMs: 10 + 50 });
});
