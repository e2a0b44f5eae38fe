import { parseIntegerFast } from "./parse_integer.ts";

/** Powers of ten that a double has exactly. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** The largest whole number to which a digit can be added exactly. */
const ROOM = (2 ** 53 - 10) / 10;
/** For splitting a double into two halves, whose products are exact. */
const SPLIT = 2 ** 27 + 1;

/**
 * The double that is nearest to the decimal number in `bytes[from, to)`, as `Number` gives it for the text, without making
 * one; NaN where that takes more than some 19 digits or a large exponent, or where it is no number.
 */
export function parseFloatFast(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let byte = bytes[at];
  const negative = byte === 45;
  if (negative || byte === 43) byte = bytes[++at];
  let whole = 0;
  let low = 0;
  let lowPower = 0;
  let exponent = 0;
  let digits = 0;
  let point = false;
  for (; at < to; byte = bytes[++at]) {
    if (byte === undefined) return NaN;
    const digit = byte - 48;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (point) exponent--;
      if (whole <= ROOM && lowPower === 0) whole = whole * 10 + digit;
      else {
        low = low * 10 + digit;
        lowPower++;
      }
    } else if (byte === 46 && !point) point = true;
    else break;
  }
  if (digits === 0 || lowPower > 4) return NaN;
  if (at < to) {
    if (byte !== 101 && byte !== 69) return NaN;
    const told = parseIntegerFast(bytes, at + 1, to);
    exponent += told;
    if (told !== told) return NaN;
  }
  if (exponent < -22 || exponent > 22) {
    if (whole !== 0 || low !== 0) return NaN;
    exponent = 0;
  }
  const scale = POWERS[exponent < 0 ? -exponent : exponent] ?? NaN;
  let value: number;
  if (lowPower === 0) value = exponent < 0 ? whole / scale : whole * scale;
  else value = scaled(whole, low, POWERS[lowPower] ?? NaN, scale, exponent < 0);
  return negative ? -value : value;
}

/** `(whole * power + low)` divided or multiplied by `scale`, in twice the digits of a double; NaN where the rounding is not sure. */
function scaled(whole: number, low: number, power: number, scale: number, divide: boolean): number {
  let high = whole * power;
  let rest = productRest(whole, power, high) + low;
  const sum = high + rest;
  rest -= sum - high;
  high = sum;
  let value: number;
  let error: number;
  if (divide) {
    value = high / scale;
    const product = value * scale;
    error = ((high - product) - productRest(value, scale, product) + rest) / scale;
  } else {
    value = high * scale;
    error = productRest(high, scale, value) + rest * scale;
  }
  const rounded = value + error;
  error -= rounded - value;
  return rounded + error * (1 + 2 ** -30) === rounded ? rounded : NaN;
}

/** What is missing from the rounded product of two doubles (Dekker). */
function productRest(a: number, b: number, product: number): number {
  const c = SPLIT * a;
  const aHigh = c - (c - a);
  const aLow = a - aHigh;
  const d = SPLIT * b;
  const bHigh = d - (d - b);
  const bLow = b - bHigh;
  return aLow * bLow - (((product - aHigh * bHigh) - aLow * bHigh) - aHigh * bLow);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NAN = /^[+-]?nan$/i;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;

/** The double of a text, also of `nan`, `inf` and `-Infinity`; `undefined` where it is none, or passes what doubles reach. */
export function parseFloatText(text: string): number | undefined {
  if (NUMBER.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (NAN.test(text)) return NaN;
  const [, sign] = INFINITY.exec(text) ?? [];
  return sign === undefined ? undefined : sign === "-" ? -Infinity : Infinity;
}
