import { assertEquals, assertThrows } from "@std/assert";
import { resolveWorkers } from "./resolve_workers.ts";

Deno.test("resolveWorkers() leaves one processor, and works in this thread where nothing is of a module", () => {
  assertEquals(resolveWorkers(undefined, { isOfModule: true, processors: 8 }), 7);
  assertEquals(resolveWorkers(undefined, { isOfModule: true, processors: 1 }), 1);
  assertEquals(resolveWorkers(undefined, { isOfModule: false, processors: 8 }), 0);
  assertThrows(
    () => resolveWorkers(2, { isOfModule: false, processors: 8 }),
    TypeError,
    "give transform or collate",
  );
});

Deno.test("resolveWorkers() gives none where the runtime has no Worker, and refuses those that are asked for", () => {
  const ground = { isOfModule: true, processors: 8, hasWorkers: false };
  assertEquals(resolveWorkers(undefined, ground), 0);
  assertEquals(resolveWorkers(0, ground), 0);
  assertThrows(() => resolveWorkers(2, ground), TypeError, "this runtime has no Worker");
});
