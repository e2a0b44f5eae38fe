import { ServiceError } from "@lade/core";
import { assertEquals, assertRejects } from "@std/assert";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";

testBoth(
  "a name that the system does not give for another reason is not asked for again",
  async ({ root, store }) => {
    await store.put("a", bytes("old"));
    const { link, linkSync, rename, renameSync } = Deno;
    let calls = 0;
    const fail = (): never => {
      calls++;
      throw Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
    };
    try {
      Object.assign(Deno, { rename: fail, renameSync: fail });
      await assertRejects(() => store.put("a", bytes("new")), ServiceError);
      assertEquals(calls, 1);
      Object.assign(Deno, { link: fail, linkSync: fail });
      await assertRejects(() => store.put("b", bytes("new"), { ifNoneMatch: "*" }), ServiceError);
      assertEquals(calls, 2);
    } finally {
      Object.assign(Deno, { link, linkSync, rename, renameSync });
    }
    assertEquals([root.everything(), await textOf(store, "a")], [["a"], "old"]);
  },
);
