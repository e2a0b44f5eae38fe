import { assertEquals, assertRejects } from "@std/assert";
import { ChecksumMismatchError, NotFoundError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { FaultList } from "./fault_list.ts";

const PLACE = { operation: "read", uri: "memory://k", detail: "it is damaged" };

Deno.test("FaultList takes faults of an object, tells of each, and holds no more than it may", async () => {
  const told: Error[] = [];
  const list = new FaultList({ maxFaults: 2, onFault: (fault) => told.push(fault) });
  const faults = [new FormatError(PLACE), new ChecksumMismatchError(PLACE), new FormatError(PLACE)];
  const full: boolean[] = [];
  for (const fault of faults) {
    await list.step(() => Promise.reject(fault));
    full.push(list.isFull);
  }
  await list.step(() => {});
  assertEquals([list.faults, told, full], [faults.slice(0, 2), faults.slice(0, 2), [false, true, true]]);
});

Deno.test("FaultList throws what is no fault of the object", async () => {
  const list = new FaultList();
  for (const error of [new NotFoundError(PLACE), new TypeError("a defect"), new Error("an aborted call")]) {
    await assertRejects(() => list.step(() => Promise.reject(error)), Error, error.message);
  }
  assertEquals(list.faults, []);
});
