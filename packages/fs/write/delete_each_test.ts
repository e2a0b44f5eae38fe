import { assertEquals, assertRejects } from "@std/assert";
import { deleteEach } from "./delete_each.ts";

Deno.test("deleteEach() tells of what failed, and of nothing that its signal ended", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new RangeError("stop");
  const remove = ({ key }: { readonly key: string }) => {
    if (key === "b") return Promise.reject(new Error("no"));
    if (key !== "last") return Promise.resolve();
    controller.abort(reason);
    return Promise.reject(reason);
  };
  const told = await Array.fromAsync(deleteEach(remove, ["a", "b"], signal));
  assertEquals(told.map(({ key, error }) => [key, error?.message]), [["a", undefined], ["b", "no"]]);
  const seen: string[] = [];
  const error = await assertRejects(async () => {
    for await (const { key } of deleteEach(remove, ["last"], signal)) seen.push(key);
  });
  assertEquals([error, seen], [reason, []]);
});
