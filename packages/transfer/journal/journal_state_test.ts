import { assertEquals } from "@std/assert";
import type { JournalRecord } from "./journal_records.ts";
import { JournalState } from "./journal_state.ts";

const copy = { token: "t", source: { size: 9, etag: "s" } };
const begun = (id: number): JournalRecord => ({ type: "begun", id, from: "a://b/x", to: "c://d/x", copy });
const part = (id: number, index: number): JournalRecord => ({
  type: "part",
  id,
  part: { index, checksum: "AAAAAA==" },
});

function stateOf(...records: readonly JournalRecord[]): JournalState {
  const state = new JournalState();
  for (const record of records) state.take(record);
  return state;
}

function halfDoneOf(state: JournalState): readonly (readonly [number, readonly number[]])[] {
  return Array.from(
    state.halfDone.values(),
    ({ id, parts }) => [id, parts.map(({ index }) => index)] as const,
  );
}

Deno.test("a copy that was begun anew has none of the parts of the one before", () => {
  assertEquals(halfDoneOf(stateOf(begun(1), part(1, 0), part(1, 2))), [[1, [0, 2]]]);
  assertEquals(halfDoneOf(stateOf(begun(1), part(1, 0), begun(2), part(1, 1), part(2, 5))), [[2, [5]]]);
});

Deno.test("the end of a copy is not that of the one that was begun after it", () => {
  assertEquals(halfDoneOf(stateOf(begun(1), begun(2), { type: "ended", id: 1 })), [[2, []]]);
  assertEquals(halfDoneOf(stateOf(begun(1), begun(2), { type: "ended", id: 2 })), []);
  assertEquals(halfDoneOf(stateOf(begun(1), { type: "ended", id: 7 })), [[1, []]]);
});

Deno.test("the number of a copy is never given again", () => {
  assertEquals(stateOf().nextId, 1);
  assertEquals(stateOf(begun(4), { type: "ended", id: 4 }, begun(2)).nextId, 5);
});

Deno.test("how many objects failed is known of a run that went to its end, until the next one begins", () => {
  assertEquals(stateOf({ type: "over", failed: 2 }).failed, 2);
  assertEquals(stateOf({ type: "over", failed: 2 }, { type: "run", pid: 1 }).failed, undefined);
});
