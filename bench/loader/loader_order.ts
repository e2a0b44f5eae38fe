import type { Bench } from "../bench.ts";
import { prepareRow } from "./loader_row.ts";

const INDICES = 10_000_000;
const FIRSTS = 100;

/** What a full shuffle costs. */
export const loaderOrder: Bench = {
  name: "loader-order",
  title: "ten million indices of a full shuffle of 10^9 samples",
  prepare: () =>
    prepareRow({
      uri: "",
      total: INDICES,
      batch: FIRSTS,
      unit: "calls",
      works: { "lade, all": "indices", [`lade, ${FIRSTS} orders begun`]: "first" },
      bars: [],
      bounds: [
        { ours: "lade, all", cpuSecondsAtMost: 0.12e-6 * INDICES },
        { ours: `lade, ${FIRSTS} orders begun`, cpuSecondsAtMost: 5e-3 * FIRSTS },
      ],
      dispose: () => Promise.resolve(),
    }),
};

/** What going on costs. */
export const loaderResume: Bench = {
  name: "loader-resume",
  title: "the first batch of 10^8 samples, 50 times, from the start and from the middle by another world",
  prepare: () => {
    const [ours, baseline] = ["lade, gone on with", "lade, from the start"];
    return prepareRow({
      uri: "",
      total: 50,
      batch: 64,
      unit: "calls",
      works: { [ours]: "resumed", [baseline]: "fresh" },
      bars: [{ ours, baseline, atLeast: 1 / 1.2 }],
      dispose: () => Promise.resolve(),
    });
  },
};
