import { assertEquals } from "@std/assert";
import { LeftOuts } from "../merge/left_outs.ts";

Deno.test("LeftOuts finds a name, and what lies below one, but no name that only begins like one", () => {
  const leftOuts = new LeftOuts();
  assertEquals(leftOuts.find("a"), undefined);
  leftOuts.add("a/link", "it is a link");
  leftOuts.add("closed/", "it may not be read");
  for (
    const [name, found] of [["a/link", "a/link"], ["a/link/x/y", "a/link"], ["closed", "closed"], [
      "closed/x",
      "closed",
    ]]
  ) {
    assertEquals(leftOuts.find(name ?? ""), found);
  }
  for (const name of ["a", "a/linked", "a/lin", "b/a/link", "closed2/x"]) {
    assertEquals(leftOuts.find(name), undefined, name);
  }
  assertEquals(leftOuts.reasonOf("closed"), "it may not be read");
});
