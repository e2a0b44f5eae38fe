import type { NumericKind, TimeUnit } from "../table/schema.ts";

/** The numbers that Schema.fbs and Message.fbs of the Arrow format give to types and messages. */
export const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedBinary: 15,
  fixedList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const;

/** Kinds of messages. */
export const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;

/** Versions of the metadata: V4 and V5 differ in unions alone. */
export const VERSION = { V4: 3, V5: 4 } as const;

/** The units of times, in the order of their numbers. */
export const UNITS: readonly TimeUnit[] = ["s", "ms", "us", "ns"];

/** Floating-point numbers, in the order of their precision's numbers. */
export const FLOATS: readonly NumericKind[] = ["float16", "float32", "float64"];

/** What is named where it cannot be read. */
export const UNREAD: Readonly<Record<number, string>> = {
  [TYPE.interval]: "an interval",
  [TYPE.union]: "a union",
  [TYPE.runEndEncoded]: "run-end encoded",
  [TYPE.listView]: "a list view",
  [TYPE.largeListView]: "a large list view",
};
