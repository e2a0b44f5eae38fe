import { assertEquals, assertRejects } from "@std/assert";
import { listNames } from "./list_names.ts";

const call = { operation: "list", uri: "toy://" };
const read = (token?: string) =>
  Promise.resolve(token === undefined ? { entries: ["a", "b"], next: "1" } : { entries: ["c"] });

Deno.test("listNames() gives the names of all pages, and ends between any two by its signal", async () => {
  assertEquals(await Array.fromAsync(listNames(call, read)), ["a", "b", "c"]);
  const controller = new AbortController();
  const names: string[] = [];
  await assertRejects(
    async () => {
      for await (const name of listNames(call, read, controller.signal)) {
        names.push(name);
        if (name === "b") controller.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
  assertEquals(names, ["a", "b"]);
});
