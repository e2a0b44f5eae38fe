import { assertEquals, assertRejects } from "@std/assert";
import type { FormatName } from "../registry/format.ts";
import { FORMAT_NAMES, isFormatName, loadFormat } from "./load_format.ts";

Deno.test("loadFormat() loads each format by its own name", async () => {
  for (const name of FORMAT_NAMES) assertEquals((await loadFormat(name)).name, name);
});

Deno.test("loadFormat() refuses what is none, names of every object's own too", async () => {
  for (const name of ["constructor", "toString", "xlsx", ""]) {
    assertEquals(isFormatName(name), false);
    await assertRejects(() => loadFormat(name as FormatName), TypeError, "it is none of");
  }
});
