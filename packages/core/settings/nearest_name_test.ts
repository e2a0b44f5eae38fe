import { assertEquals } from "@std/assert";
import { nearestName } from "./nearest_name.ts";

Deno.test("nearestName() finds the name that may be meant, and none where all are far away", () => {
  const names = ["region", "endpoint", "multipart.partSize"];
  for (
    const [given, nearest] of [
      ["regoin", "region"],
      ["Region", "region"],
      ["end_point", "endpoint"],
      ["multipart.partsize", "multipart.partSize"],
      ["multipart.size", "multipart.partSize"],
      ["zone", undefined],
      ["x", undefined],
      ["", undefined],
    ] as const
  ) assertEquals(nearestName(given, names), nearest, given);
});
