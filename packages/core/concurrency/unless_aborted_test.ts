import { assertEquals, assertRejects } from "@std/assert";
import { unlessAborted } from "./unless_aborted.ts";

Deno.test("unlessAborted() gives what it waits for, and up what is not there a second after an abort", async () => {
  const stop = new AbortController();
  assertEquals(await unlessAborted(Promise.resolve(7), stop.signal), 7);
  await assertRejects(
    () => unlessAborted(Promise.reject(new Error("its own")), stop.signal),
    Error,
    "its own",
  );
  const late = Promise.withResolvers<number>();
  const waiting = [
    unlessAborted(new Promise(() => {}), stop.signal),
    unlessAborted(late.promise, stop.signal),
  ];
  stop.abort(new Error("the reason"));
  late.resolve(8);
  assertEquals(await waiting[1], 8);
  await assertRejects(() => waiting[0] ?? Promise.resolve(), Error, "the reason");
  assertEquals(await unlessAborted(Promise.resolve(9), stop.signal), 9);
});
