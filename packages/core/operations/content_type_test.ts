import { assertEquals } from "@std/assert";
import { contentTypeOf } from "./content_type.ts";

Deno.test("contentTypeOf() goes by the last ending, in any case", () => {
  const types: Readonly<Record<string, string | undefined>> = {
    "a.csv": "text/csv",
    "dir.d/A.JPEG": "image/jpeg",
    "a.tar.gz": "application/gzip",
    "log.txt.zst": "application/zstd",
    "model.safetensors": undefined,
    "a.constructor": undefined,
    "README": undefined,
    "dir.csv/file": undefined,
    ".csv": undefined,
    "dir/.json": undefined,
    "a.": undefined,
    "": undefined,
    "a/": undefined,
  };
  for (const [name, type] of Object.entries(types)) assertEquals(contentTypeOf(name), type, name);
});
