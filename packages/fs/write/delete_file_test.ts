import { assert } from "@std/assert";
import { testBoth } from "../testing/both_stores.ts";

testBoth(
  "delete() with a condition leaves alone what is no object, as without one",
  async ({ root, store }) => {
    Deno.mkdirSync(root.file("d"));
    Deno.symlinkSync("d", root.file("link"));
    for (const options of [{}, { ifMatch: "x" }]) {
      for (const key of ["d", "link", "none", "d/none"]) await store.delete(key, options);
    }
    assert(Deno.lstatSync(root.file("d")).isDirectory);
    assert(Deno.lstatSync(root.file("link")).isSymlink);
  },
);
