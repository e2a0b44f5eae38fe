import { assertEquals } from "@std/assert";
import { StatsCounter } from "./loader_stats.ts";

Deno.test("what several workers spent together counts by how long each was busy for what limits", () => {
  const counter = new StatsCounter();
  counter.waitMs = 100;
  counter.read(1, 150);
  counter.transformMs = 200;
  counter.collateMs = 180;
  const before = counter.snapshot({ ahead: 0 });
  assertEquals(before.limit, "transform");
  counter.transformers = 2;
  assertEquals(counter.snapshot({ ahead: 0 }).limit, "collate");
  counter.collators = 2;
  assertEquals(counter.snapshot({ ahead: 0 }).limit, "reads");
  counter.transformMs += 400;
  counter.waitMs += 100;
  counter.read(1, 100);
  assertEquals(counter.snapshot({ ahead: 0 }).limit, "transform");
  assertEquals(counter.snapshot({ ahead: 0 }).since(before).limit, "transform");
  counter.read(1, 101);
  assertEquals(counter.snapshot({ ahead: 0 }).since(before).limit, "reads");
});
