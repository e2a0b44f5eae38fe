import { assertEquals, assertRejects } from "@std/assert";
import { NotFoundError, type ProgressEvent, ServiceError } from "@lade/core";
import type { Lade } from "../lade.ts";
import { remove } from "./remove.ts";
import type { Removed } from "./removal.ts";

const failure = new ServiceError({ operation: "delete", uri: "memory://m/b", detail: "no" });

/** A `Lade` whose removals tell these, and then fail with `end` if that is given. */
function telling(told: readonly Removed[], end?: unknown): Lade {
  const run = async function* () {
    yield* told;
    if (end !== undefined) throw end;
  };
  return { settleRemoval: () => Promise.resolve({ run }) } as unknown as Lade;
}

const A = { uri: "memory://m/a" };
const B = { uri: "memory://m/b", error: failure };
const C = { uri: "memory://m/c" };
const URI = "memory://m/";

Deno.test("remove() counts what went, and tells of each thing", async () => {
  const seen: ProgressEvent[] = [];
  assertEquals(await remove(telling([A, C]), URI, { onProgress: (event) => void seen.push(event) }), 2);
  assertEquals(seen.map(({ type, key }) => `${type} ${key}`), [
    "finished memory://m/a",
    "finished memory://m/c",
  ]);
});

Deno.test("remove() goes on after what failed, and then says how much did", async () => {
  const seen: string[] = [];
  const removing = () => remove(telling([A, B, C]), URI, { onProgress: ({ type }) => void seen.push(type) });
  const error = await assertRejects(removing, AggregateError, "1 failed, 2 objects were removed");
  assertEquals([error.errors, seen], [[failure], ["finished", "failed", "finished"]]);
});

Deno.test("remove() rejects with what ended it before the first object, and later tells what went before", async () => {
  const missing = new NotFoundError({ operation: "remove", uri: URI, detail: "no such prefix" });
  assertEquals(await assertRejects(() => remove(telling([], missing), URI, {}), NotFoundError), missing);
  const late = () => remove(telling([A], missing), URI, {});
  const error = await assertRejects(late, AggregateError, "1 failed, 1 object was removed");
  assertEquals(error.errors, [missing]);
});

Deno.test("remove() that is aborted half-way rejects with the reason", async () => {
  const stop = new AbortController();
  const onProgress = () => stop.abort(new RangeError("stop"));
  const removing = () => remove(telling([A], new Error("broken")), URI, { signal: stop.signal, onProgress });
  await assertRejects(removing, RangeError, "stop");
});

Deno.test("remove() of a version takes no prefix", async () => {
  const removing = () => remove(telling([A]), URI, { recursive: true, version: "1" });
  await assertRejects(removing, TypeError, "version names one object, recursive many");
});
