import { assertEquals } from "@std/assert";
import { onCores, readCoreList, splitCores } from "./cores.ts";

Deno.test("readCoreList() reads single cores and ranges", () => {
  assertEquals(readCoreList("0-2,5"), [0, 1, 2, 5]);
  assertEquals(readCoreList("3"), [3]);
});

Deno.test("splitCores() gives either side cores of its own, and nothing where there is one", () => {
  assertEquals(splitCores([4]), undefined);
  assertEquals(splitCores([0, 1]), { server: "0", client: "1" });
  assertEquals(splitCores([0, 1, 2, 3, 8, 9, 10, 11]), { server: "0,1", client: "2,3,8,9,10,11" });
});

Deno.test("onCores() keeps a command to cores, and leaves it where there are none", () => {
  assertEquals(onCores("1", ["a", "b"]), ["taskset", "-c", "1", "a", "b"]);
  assertEquals(onCores(undefined, ["a"]), ["a"]);
});
