import { assertEquals, assertThrows } from "@std/assert";
import { completeConfig, DIRECT_SETTINGS, FILE_SETTINGS } from "./local_config.ts";

Deno.test("completeConfig() fills in defaults, also for undefined", () => {
  const defaults = { sync: "auto", symlinks: "follow-inside", fallback: false } as const;
  assertEquals(completeConfig("file:///a", {}, FILE_SETTINGS), defaults);
  assertEquals(completeConfig("file:///a", { sync: undefined }, FILE_SETTINGS), defaults);
  assertEquals(completeConfig("file:///a", { sync: "full" }, FILE_SETTINGS), { ...defaults, sync: "full" });
});

Deno.test("completeConfig() lists the known names when one is unknown", () => {
  assertThrows(
    () => completeConfig("file:///a", { snyc: "full" }, FILE_SETTINGS),
    TypeError,
    'Cannot open "file:///a": unknown configuration "snyc", did you mean "sync"? Known are sync, symlinks',
  );
  assertThrows(() => completeConfig("file:///a", { fallback: true }, FILE_SETTINGS), TypeError, "fallback");
  assertEquals(completeConfig("direct:///a", { fallback: true }, DIRECT_SETTINGS).fallback, true);
});

Deno.test("completeConfig() lists the known values when one is unknown", () => {
  assertThrows(
    () => completeConfig("file:///a", { sync: "all" }, FILE_SETTINGS),
    TypeError,
    'sync has to be one of "auto", "none", "data", "full", not "all"',
  );
  assertThrows(() => completeConfig("direct:///a", { fallback: "yes" }, DIRECT_SETTINGS), TypeError);
});
