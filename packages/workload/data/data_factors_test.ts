import { MemoryStore } from "@lade/core";
import { withZstd } from "@lade/core/zstd";
import { assert, assertEquals } from "@std/assert";
import { DataSource } from "./data_source.ts";

const UNIT = 4096;

/** How many units there are for each that differs. */
function dedupOf(units: Iterable<Uint8Array>): number {
  const seen = new Set<string>();
  let count = 0;
  for (const unit of units) {
    count++;
    seen.add(new TextDecoder("latin1").decode(unit));
  }
  return count / seen.size;
}

/** The units of numbered objects of these sizes, of which the last of each may be short. */
function* unitsOf(source: DataSource, sizes: Iterable<number>): Generator<Uint8Array> {
  let id = 0;
  for (const size of sizes) {
    for (let offset = 0; offset < size; offset += source.dedupUnit) {
      const unit = new Uint8Array(Math.min(source.dedupUnit, size - offset));
      source.fill(id, offset, unit);
      yield unit;
    }
    id++;
  }
}

/** How many times smaller zstd makes bytes. */
async function zstdRatio(bytes: Uint8Array, level: number): Promise<number> {
  const writer = withZstd(await new MemoryStore().createWriter("z"), { level });
  await writer.write(bytes);
  return bytes.length / (await writer.close()).size;
}

function assertNear(found: number, wanted: number, share: number, what: string): void {
  assert(Math.abs(found / wanted - 1) <= share, `${what}: ${found}, not ${wanted}`);
}

Deno.test("units repeat by the factor in objects of one size, in one of them as in many", () => {
  for (const dedup of [1, 1.25, 2, 3.7, 10]) {
    for (
      const [objects, size] of [[1000, UNIT], [100, 10 * UNIT], [3, 300 * UNIT], [1, 999 * UNIT]] as const
    ) {
      const source = new DataSource({ seed: objects, dedup, dedupUnit: UNIT, objectSize: size });
      const found = dedupOf(unitsOf(source, new Array(objects).fill(size)));
      const units = objects * size / UNIT;
      assertEquals(found, units / Math.ceil(units / dedup), `${dedup} in ${objects} × ${size}`);
    }
  }
});

Deno.test("units repeat by the factor in objects of any sizes", () => {
  const source = (dedup: number) => new DataSource({ seed: 7, dedup, dedupUnit: UNIT });
  for (const dedup of [1, 1.25, 2, 3.7, 10]) {
    for (const most of [1, 2, 3, 40]) {
      const sizes = Array.from({ length: 3000 / most }, (_, index) => UNIT * (1 + index % most));
      assertNear(dedupOf(unitsOf(source(dedup), sizes)), dedup, 0.04, `${dedup}, up to ${most} units`);
    }
    assertNear(dedupOf(unitsOf(source(dedup), [1500 * UNIT])), dedup, 0.01, `${dedup} in one object`);
  }
});

Deno.test("objects with names repeat nothing", () => {
  const source = new DataSource({ dedup: 10, dedupUnit: UNIT });
  const units = function* () {
    for (const name of ["a", "b"]) {
      for (let at = 0; at < 200; at++) {
        const unit = new Uint8Array(UNIT);
        source.fill(name, at * UNIT, unit);
        yield unit;
      }
    }
  };
  assertEquals(dedupOf(units()), 1);
});

Deno.test("a larger unit repeats as a whole, and no smaller block more often", () => {
  const source = new DataSource({ dedup: 2, dedupUnit: 4 * UNIT, objectSize: 2 ** 22, compress: 8 });
  const whole = [...unitsOf(source, [2 ** 22, 2 ** 22])];
  const blocks = whole.flatMap((unit) => [0, 1, 2, 3].map((at) => unit.subarray(at * UNIT, (at + 1) * UNIT)));
  assertEquals([dedupOf(whole), dedupOf(blocks)], [2, 2]);
});

Deno.test("zstd makes it smaller by the factor, whatever repeats", async () => {
  const size = 2 ** 22;
  const bytes = new Uint8Array(size);
  const errors: [number, number][] = [
    [1, 0.001],
    [1.2, 0.01],
    [1.5, 0.01],
    [2, 0.01],
    [4, 0.01],
    [8, 0.02],
    [16, 0.04],
  ];
  for (const [compress, share] of errors) {
    for (const dedup of [1, 2]) {
      const source = new DataSource({ seed: 5, compress, dedup, objectSize: size });
      source.fill(1000, 0, bytes);
      for (const level of [1, 3]) {
        assertNear(
          await zstdRatio(bytes, level),
          compress,
          share,
          `${compress} at level ${level}, dedup ${dedup}`,
        );
      }
    }
  }
});

Deno.test("even the strongest compression finds nothing where there is nothing to find", async () => {
  const bytes = new Uint8Array(2 ** 22);
  new DataSource().fill(0, 0, bytes);
  assertNear(await zstdRatio(bytes, 19), 1, 0.0005, "level 19");
  const blocks = function* () {
    for (let at = 0; at < bytes.length; at += 512) yield bytes.subarray(at, at + 512);
  };
  assertEquals(dedupOf(blocks()), 1);
});
