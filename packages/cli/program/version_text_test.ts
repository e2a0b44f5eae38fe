import { assertEquals } from "@std/assert";
import { whyTooOld } from "./version_text.ts";

Deno.test("whyTooOld() refuses Node before 26, and nothing else", () => {
  const told = ["Node 20.20.2, linux-x64", "Node 25.9.0, linux-x64"].map((runtime) => whyTooOld(runtime));
  assertEquals(told, [
    "Node 26 is needed, or Deno, and this is Node 20.20.2",
    "Node 26 is needed, or Deno, and this is Node 25.9.0",
  ]);
  for (const runtime of ["Node 26.0.0, linux-x64", "Node 100.1.0, darwin-arm64", "Deno 2.9.6, a-b"]) {
    assertEquals(whyTooOld(runtime), undefined);
  }
  assertEquals(whyTooOld(), undefined);
});
