import { assertEquals, assertThrows } from "@std/assert";
import { completeConfig, DIRECT_CONFIG, FILE_CONFIG } from "./local_config.ts";

Deno.test("completeConfig() fills in defaults, also for undefined", () => {
  const defaults = { sync: "none", symlinks: "follow-inside", fallback: false } as const;
  assertEquals(completeConfig("file:///a", {}, FILE_CONFIG), defaults);
  assertEquals(completeConfig("file:///a", { sync: undefined }, FILE_CONFIG), defaults);
  assertEquals(completeConfig("file:///a", { sync: "full" }, FILE_CONFIG), { ...defaults, sync: "full" });
});

Deno.test("completeConfig() lists the known names when one is unknown", () => {
  assertThrows(
    () => completeConfig("file:///a", { snyc: "full" }, FILE_CONFIG),
    TypeError,
    'Cannot open "file:///a": unknown configuration "snyc", known are sync, symlinks',
  );
  assertThrows(() => completeConfig("file:///a", { fallback: true }, FILE_CONFIG), TypeError, "fallback");
  assertEquals(completeConfig("direct:///a", { fallback: true }, DIRECT_CONFIG).fallback, true);
});

Deno.test("completeConfig() lists the known values when one is unknown", () => {
  assertThrows(
    () => completeConfig("file:///a", { sync: "all" }, FILE_CONFIG),
    TypeError,
    'sync is "all", "none" or "data" or "full" is needed',
  );
  assertThrows(() => completeConfig("direct:///a", { fallback: "yes" }, DIRECT_CONFIG), TypeError);
});
