import { assertThrows } from "@std/assert";
import { FixedSink, type LeafSink, TextSink } from "./leaf_sink.ts";

Deno.test("leaf sinks: a page that has fewer values than it tells, or none that an index means, is refused", () => {
  const levels = { defined: 1, present: 0 };
  const sinks: [
    LeafSink,
    { bytes: Uint8Array; width: number } | { bytes: Uint8Array; offsets: Int32Array },
  ][] = [
    ...[1, 2, 4, 8].map((width): [LeafSink, { bytes: Uint8Array; width: number }] => [
      new FixedSink(width, 10, levels),
      { width, bytes: new Uint8Array(2 * width).fill(1) },
    ]),
    [new TextSink(10, levels), { bytes: Uint8Array.of(1, 1), offsets: Int32Array.of(0, 1, 2) }],
  ];
  for (const [sink, values] of sinks) {
    const definitions = Uint8Array.of(1, 1, 1);
    for (const entries of [{ count: 3 }, { count: 3, definitions }]) {
      assertThrows(() => sink.add(values, entries), RangeError, "has 2 values, and more are told");
      assertThrows(() => sink.add(values, entries, Uint32Array.of(0, 1)), RangeError);
      assertThrows(
        () => sink.add(values, entries, Uint32Array.of(0, 1, 2)),
        RangeError,
        "value 2 of a dictionary of 2",
      );
      assertThrows(
        () => sink.add(values, entries, Uint32Array.of(0, 2 ** 32 - 1, 1)),
        RangeError,
        "of a dictionary of 2",
      );
    }
    sink.add(values, { count: 2, definitions: Uint8Array.of(1, 0) });
  }
});
