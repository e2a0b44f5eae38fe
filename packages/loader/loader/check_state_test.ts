import { assertEquals, assertThrows } from "@std/assert";
import type { LoaderState } from "../state/loader_state.ts";
import { mergeStates } from "../state/merge_states.ts";
import { epoch, range } from "../testing/range_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { streamNumbers } from "../testing/stream_numbers.ts";

const OPTIONS = { batchSize: 8, shuffle: { block: 4, window: 2, lanes: 2 }, seed: 3, epochs: 1 } as const;

function loaderOf(state: unknown) {
  return createLoader(range(100), { ...OPTIONS, state: state as LoaderState });
}

/** A value whose objects have their keys in another order, as databases and other languages give them back. */
function resorted<V>(value: V): V {
  const sort = (_: string, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([one], [other]) => one < other ? -1 : 1))
      : field;
  return JSON.parse(JSON.stringify(value, sort));
}

Deno.test("a state goes on whatever order its keys come back in", async () => {
  await using first = createLoader(range(100), OPTIONS);
  const begun: number[] = [];
  for await (const { data } of first) {
    begun.push(...data);
    if (begun.length > 30) break;
  }
  const state = resorted(first.state());
  await using rest = loaderOf(state);
  const all = [...begun, ...(await epoch(rest)).flat()];
  assertEquals(all.sort((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i));
  const ranks = [0, 1].map((rank) => ({ ...first.state(), of: { rank, size: 2, from: 0 } }));
  const [one, other] = ranks;
  if (one && other) assertEquals(mergeStates([one, resorted(other)]), mergeStates([one, other]));
});

Deno.test("what is no state is refused with what is wrong, and never taken for the beginning", async () => {
  await using fresh = createLoader(range(100), OPTIONS);
  const base = fresh.state();
  for (const state of [null, false, 0, "", "state", [], {}, 5]) {
    assertThrows(() => loaderOf(state), TypeError, "Cannot go on with");
    const streaming = { state: state as unknown as LoaderState };
    assertThrows(() => createLoader(streamNumbers([4]), streaming), TypeError, "Cannot go on with");
    assertThrows(() => mergeStates([state as unknown as LoaderState]), TypeError, "Cannot merge");
  }
  const bits = (...bytes: number[]) => new Uint8Array(bytes).toBase64();
  const wrong: [object, string][] = [
    [{ order: null }, "the state's order is null"],
    [{ order: { ...base.order, parts: 5, kind: "mixed" } }, "the state is of order"],
    [{ position: 101 }, "at position 101 of 100"],
    [{ epoch: "8" }, `the state's epoch is "8"`],
    [{ taken: 5 }, "the state's taken is 5, and no base64"],
    [{ taken: null }, "the state's taken is null"],
    [{ taken: "!" }, `the state's taken is "!", and no base64`],
    [{ position: 94, taken: bits(0b1000000) }, "goes on behind position 100"],
    [{ taken: new Uint8Array(14).toBase64() }, "goes on behind position 100"],
  ];
  for (const [fields, words] of wrong) {
    assertThrows(() => loaderOf({ ...base, ...fields }), TypeError, words);
  }
  await using last = loaderOf({ ...base, position: 94, taken: bits(0b11111) });
  assertEquals((await epoch(last)).flat().length, 1);
});

Deno.test("mergeStates() refuses states that were changed, and takes no time for a world that cannot be", async () => {
  await using fresh = createLoader(range(100), OPTIONS);
  const base = fresh.state();
  const wrong: [object, string][] = [
    [{ position: -5 }, "position is -5"],
    [{ taken: "!" }, "no base64"],
    [
      { of: { rank: 0, size: 1e9, from: 0 } },
      "those of rank 1, 2, 3, 4, 5, 6, 7, 8 and 999999991 more are missing",
    ],
    [{ of: { rank: 0, size: Infinity, from: 0 } }, "of which rank"],
    [{ of: { rank: 3, size: 2, from: 0 } }, "of which rank"],
    [{ of: { rank: 0, size: 1, from: -1 } }, "where rank 0 began"],
    [{ of: { rank: 0, size: 1, from: 5 } }, "where rank 0 began"],
    [{ of: { rank: 0, size: 1, from: 0, taken: "!" } }, "where rank 0 began"],
  ];
  for (const [fields, words] of wrong) {
    assertThrows(() => mergeStates([{ ...base, ...fields }]), TypeError, words);
  }
});
