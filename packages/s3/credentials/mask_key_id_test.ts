import { assertEquals } from "@std/assert";
import { maskKeyId } from "./mask_key_id.ts";

Deno.test("maskKeyId() shows both ends of a long id, and two characters of a short one", () => {
  assertEquals(maskKeyId("AKIAIOSFODNN7EXAMPLE"), "AKIA…MPLE");
  assertEquals(maskKeyId("minio-admin"), "mi…");
  assertEquals(maskKeyId("x"), "x…");
});
