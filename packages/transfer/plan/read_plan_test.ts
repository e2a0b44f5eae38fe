import {
  ChecksumMismatchError,
  InvalidNameError,
  PreconditionFailedError,
  UnsupportedError,
} from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { Crc32c } from "@lade/codec/checksum";
import { assertEquals, assertRejects } from "@std/assert";
import { locate, type Place } from "../places/place.ts";
import type { PlanLine } from "./plan_file.ts";
import { openPlan, readPlan } from "./read_plan.ts";

const { signal } = new AbortController();
const HEADER = { lade: "plan", version: 1 };
const listed = { size: 1, time: new Date(0).toISOString() };
const removal = (name: string) => ({ remove: `memory://m/${name}`, name, listed });

/** A plan of these lines, with the last one that they need unless another is given. */
function planOf(lines: readonly unknown[], end: object = {}): string {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const crc = new Crc32c();
  crc.update(new TextEncoder().encode(text));
  const trailer = { entries: lines.length - 1, deletions: 0, bytes: 0, crc32c: crc.toHex(), ...end };
  return `${text}${JSON.stringify({ end: trailer })}\n`;
}

async function withPlan(run: (place: Place, write: (text: string) => Promise<unknown>) => Promise<void>) {
  await using lade = new Lade();
  const uri = "memory://p/plan";
  await lade.put(uri, "");
  await run(await locate(lade, uri), (text) => lade.put(uri, text));
}

Deno.test("a plan is read as it was written, and what is none or not whole is refused", async () => {
  await withPlan(async (place, write) => {
    const lines = [HEADER, removal("a"), { marker: "memory://m/d/", reason: "it marks" }, removal("b")];
    const whole = planOf(lines);
    await write(whole);
    const saved = await openPlan(place, signal);
    assertEquals(await Array.fromAsync(readPlan(saved, signal)), lines.slice(1) as PlanLine[]);
    const [first = "", second = ""] = whole.split("\n");
    const [damaged, none] = [ChecksumMismatchError, InvalidNameError];
    const cases: readonly (readonly [
      text: string,
      error: typeof damaged | typeof none | typeof UnsupportedError,
      message: string,
    ])[] = [
      ["", none, "it is empty"],
      [`{"lade":"journal"}\n`, none, "its first line is not that of one"],
      [planOf([{ ...HEADER, version: 2 }]), UnsupportedError, "a plan of version 2"],
      ["x".repeat(2 ** 20 + 1), none, "it has lines that no plan has"],
      [`${whole}{`, damaged, "it is cut off within a line"],
      [whole.slice(0, -1), damaged, "it is cut off within a line"],
      [`${first}\n${second}\n`, damaged, "its last line is missing"],
      [`${whole}${JSON.stringify(removal("c"))}\n`, damaged, "something follows its last line"],
      [`${whole}${JSON.stringify({ end: {} })}\n`, damaged, "something follows its last line"],
      [planOf(lines, { entries: 2 }), damaged, "number or checksum"],
      [planOf(lines, { crc32c: "00000000" }), damaged, "number or checksum"],
      [whole.replace('"b"', '"c"'), damaged, "number or checksum"],
      [planOf([HEADER, { remove: "memory://m/a", name: "a" }]), damaged, "its line 2 is no entry"],
      [
        planOf([HEADER, { remove: "memory://m/a", name: "a", listed: null }]),
        damaged,
        "its line 2 is no entry",
      ],
      [planOf([HEADER, { marker: "memory://m/a", to: 7 }]), damaged, "its line 2 is no entry"],
      [planOf([HEADER, { from: "memory://m/a", to: "memory://m/b" }]), damaged, "its line 2 is no entry"],
      [planOf([HEADER, 7]), damaged, "its line 2 is no entry"],
    ];
    for (const [text, error, message] of cases) {
      await write(text);
      await assertRejects(() => openPlan(place, signal), error, message, message);
    }
  });
});

Deno.test("a plan that another one replaces after it was opened is not followed", async () => {
  await withPlan(async (place, write) => {
    await write(planOf([HEADER, removal("a")]));
    const saved = await openPlan(place, signal);
    await write(planOf([HEADER, removal("b")]));
    await assertRejects(() => Array.fromAsync(readPlan(saved, signal)), PreconditionFailedError);
  });
});
