import { assertEquals } from "@std/assert";
import { FORMAT_NAMES, FORMAT_SUFFIXES } from "@lade/formats/formats";
import { FORMATS } from "./format_options.ts";

Deno.test("the formats of the command line are those of the library", () => {
  assertEquals([...FORMATS].sort(), [...FORMAT_NAMES].sort());
  assertEquals([...FORMATS].sort(), Object.keys(FORMAT_SUFFIXES).sort());
});
