import { crc32c } from "@lade/codec/checksum";
import { seededRandom } from "@lade/testing";
import { assert, assertEquals } from "@std/assert";
import { headerLine, partLines, readRecord } from "./part_record.ts";

const HEADER = { name: "an object\n€", size: 25, partSize: 10, begunMs: 1234 };
const PARTS = [
  { index: 2, offset: 20, length: 5 },
  { index: 0, offset: 0, length: 10 },
  { index: 1, offset: 10, length: 10 },
];
const ENDS = [0, 1, 2, 3].map((count) => recordOf(count).length);

function recordOf(count: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(headerLine(HEADER) + partLines(PARTS.slice(0, count)));
}

/** The parts of a record that is whole up to its byte `intact`. */
function believedOf(intact: number): number[] {
  return PARTS.slice(0, ENDS.filter((end) => end <= intact).length - 1).map(({ index }) => index);
}

Deno.test("a record tells the write and its parts", () => {
  const read = readRecord(recordOf(3));
  assertEquals(read?.header, HEADER);
  assertEquals([...read?.written ?? []], [2, 0, 1]);
  assertEquals(read?.intactBytes, ENDS[3]);
  assertEquals(readRecord(recordOf(0))?.written.size, 0);
});

Deno.test("of a record that is cut at any byte, what is whole before is believed", () => {
  const whole = recordOf(3);
  for (let length = 0; length < whole.length; length++) {
    const read = readRecord(whole.subarray(0, length));
    if (length < (ENDS[0] ?? 0)) assertEquals(read, undefined, `${length} bytes`);
    else assertEquals([...read?.written ?? []], believedOf(length), `${length} bytes`);
  }
});

Deno.test("of a record with any bit inverted, what is whole before is believed", () => {
  for (let bit = 0; bit < recordOf(3).length * 8; bit++) {
    const record = recordOf(3);
    record[bit >> 3] = (record[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const read = readRecord(record);
    if (bit >> 3 < (ENDS[0] ?? 0)) assertEquals(read, undefined, `bit ${bit}`);
    else assertEquals([...read?.written ?? []], believedOf(bit >> 3), `bit ${bit}`);
  }
});

Deno.test("a record that ends in bytes of any kind, as a crash may leave them, is read up to them", () => {
  const seed = Date.now() % 2 ** 32;
  const random = seededRandom(seed);
  for (const tail of [0, 10, 255]) {
    const record = new Uint8Array([...recordOf(2), ...new Uint8Array(100).fill(tail)]);
    assertEquals([...readRecord(record)?.written ?? []], [2, 0], `${tail}`);
  }
  for (let round = 0; round < 200; round++) {
    const tail = Uint8Array.from({ length: 100 }, () => Math.floor(random() * 256));
    const read = readRecord(new Uint8Array([...recordOf(2), ...tail]));
    assertEquals([...read?.written ?? []], [2, 0], `seed ${seed}, round ${round}`);
  }
});

Deno.test("a part that the object does not have, or of another length, ends what is believed", () => {
  const wrong = [
    { index: 3, offset: 30, length: 5 },
    { index: -1, offset: 0, length: 10 },
    { index: 0.5, offset: 0, length: 10 },
    { index: 0, offset: 0, length: 9 },
    { index: 2, offset: 20, length: 10 },
  ];
  for (const part of wrong) {
    const text = headerLine(HEADER) + partLines([...PARTS.slice(1, 2), part, ...PARTS.slice(2)]);
    const read = readRecord(new TextEncoder().encode(text));
    assertEquals([...read?.written ?? []], [0], JSON.stringify(part));
  }
});

Deno.test("a line that is no record of this format is not believed", () => {
  const lines = partLines(PARTS) + headerLine(HEADER);
  assertEquals(readRecord(new TextEncoder().encode(lines)), undefined);
  const other = headerLine({ ...HEADER, name: undefined as unknown as string });
  assertEquals(readRecord(new TextEncoder().encode(other)), undefined);
  assert(readRecord(new TextEncoder().encode(headerLine(HEADER))));
});

Deno.test("a record that no write of ours has made is none, though its checksums are right", () => {
  const wrong = [
    { ...HEADER, name: "../other" },
    { ...HEADER, name: ".." },
    { ...HEADER, name: "" },
    { ...HEADER, name: ".lade-0123456789abcdef~upload" },
    { ...HEADER, size: -1 },
    { ...HEADER, partSize: 0 },
    { ...HEADER, partSize: 0.5 },
    { ...HEADER, begunMs: Number.MAX_SAFE_INTEGER },
  ];
  for (const header of wrong) {
    assertEquals(readRecord(new TextEncoder().encode(headerLine(header))), undefined, JSON.stringify(header));
  }
  for (const json of ["null", "[]", "7", "{"]) {
    const bytes = new TextEncoder().encode(json);
    const line = `${bytes.length} ${crc32c(bytes).toString(16).padStart(8, "0")} ${json}\n`;
    assertEquals(readRecord(new TextEncoder().encode(line)), undefined, json);
    assertEquals(readRecord(new TextEncoder().encode(headerLine(HEADER) + line))?.written.size, 0, json);
  }
});
