import { deepStrictEqual } from "node:assert/strict";
import { inspect } from "node:util";
import { firstDifference } from "./equal.ts";

const BYTES_SHOWN = 16;

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array && value.length > 4 * BYTES_SHOWN) {
    return `Uint8Array(${value.length}) [${hex(value.subarray(0, BYTES_SHOWN))} …]`;
  }
  return inspect(value, {
    depth: 10,
    sorted: true,
    compact: true,
    breakLength: Infinity,
    maxArrayLength: 100,
  });
}

/** Tells in lines how `actual` differs from `expected`, which are not equal. */
export function describeDifference(actual: unknown, expected: unknown): string {
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) return describeBytes(actual, expected);
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message.slice(error.message.indexOf("\n") + 1);
  }
  return `+ ${show(actual)}\n- ${show(expected)}`;
}

function describeBytes(actual: Uint8Array, expected: Uint8Array): string {
  const at = firstDifference(actual, expected) ?? 0;
  const start = Math.max(0, at - BYTES_SHOWN / 2);
  const around = (bytes: Uint8Array) => hex(bytes.subarray(start, start + BYTES_SHOWN)) || "(end)";
  return `${actual.length} bytes, expected ${expected.length}; the first difference is at byte ${at}\n` +
    `+ actual from byte ${start}:   ${around(actual)}\n- expected from byte ${start}: ${around(expected)}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
