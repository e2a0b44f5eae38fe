import { assertEquals } from "@std/assert";
import { zstdKey } from "./zstd_key.ts";

Deno.test("zstdKey() adds .zst unless the key ends with it", () => {
  assertEquals(zstdKey("logs/a.json"), "logs/a.json.zst");
  assertEquals(zstdKey("logs/a.json.zst"), "logs/a.json.zst");
  assertEquals(zstdKey("a.zst/b"), "a.zst/b.zst");
  assertEquals(zstdKey("zst"), "zst.zst");
});
