import type { GrowingBuffer } from "./growing_buffer.ts";

/** Writes numbers of `width` bits, run-length encoded where eight or more are alike, and bit-packed else. */
export function writeHybrid(out: GrowingBuffer, numbers: Uint8Array | Uint32Array, width: number): void {
  const { length } = numbers;
  let packedFrom = 0;
  let at = 0;
  while (at < length) {
    let end = at + 1;
    while (end < length && numbers[end] === numbers[at]) end++;
    // What is bit-packed goes by groups of eight; a run gives up what fills the last one.
    const aligned = at + (8 - (at - packedFrom) % 8) % 8;
    if (end - aligned < 8) {
      at = end;
      continue;
    }
    writePacked(out, numbers, packedFrom, aligned, width);
    writeVarint(out, (end - aligned) * 2);
    writeNumber(out, numbers[aligned] ?? 0, width);
    at = packedFrom = end;
  }
  writePacked(out, numbers, packedFrom, length, width);
}

function writePacked(
  out: GrowingBuffer,
  numbers: Uint8Array | Uint32Array,
  from: number,
  to: number,
  width: number,
): void {
  if (from === to) return;
  const groups = (to - from + 7) >> 3;
  writeVarint(out, groups * 2 + 1);
  const { bytes, at } = out.grow(groups * width);
  bytes.fill(0, at, at + groups * width);
  for (let index = from, bit = 0; index < to; index++) {
    let value = numbers[index] ?? 0;
    for (let left = width; left > 0;) {
      const place = at + (bit >> 3);
      const taken = Math.min(8 - (bit & 7), left);
      bytes[place] = (bytes[place] ?? 0) | (value & (1 << taken) - 1) << (bit & 7);
      value >>>= taken;
      bit += taken;
      left -= taken;
    }
  }
}

function writeNumber(out: GrowingBuffer, value: number, width: number): void {
  for (let left = width; left > 0; left -= 8, value >>>= 8) {
    const { bytes, at } = out.grow(1);
    bytes[at] = value & 0xff;
  }
}

function writeVarint(out: GrowingBuffer, value: number): void {
  for (;;) {
    const { bytes, at } = out.grow(1);
    bytes[at] = value < 128 ? value : value & 127 | 128;
    if (value < 128) return;
    value = Math.floor(value / 128);
  }
}
