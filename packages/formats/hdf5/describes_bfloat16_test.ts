import { assertEquals } from "@std/assert";
import { decodeHex } from "../testing/hex.ts";
import { describesBfloat16 } from "./describes_bfloat16.ts";

Deno.test("describesBfloat16: finds the description of the type, and takes no other for it", () => {
  const brain = decodeHex("11200f00 02000000 0000 1000 07080007 7f000000");
  const half = decodeHex("11200f00 02000000 0000 1000 0a05000a 0f000000");
  assertEquals([brain, half, new Uint8Array(3)].map(describesBfloat16), [true, false, false]);
  assertEquals(describesBfloat16(Uint8Array.from([127, ...half, 127, ...brain, 127])), true);
  assertEquals(describesBfloat16(brain.subarray(0, 19)), false);
});
