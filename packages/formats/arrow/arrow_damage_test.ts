import { assert } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore } from "@lade/core";
import { StoreError } from "@lade/core/errors";
import { checkBatch } from "../table/mod.ts";
import { randomTable } from "../testing/random_table.ts";
import { createArrowFileWriter, createArrowStreamWriter, openArrowFile, openArrowStream } from "./mod.ts";

const FORMS = [
  { create: createArrowFileWriter, open: openArrowFile },
  { create: createArrowStreamWriter, open: openArrowStream },
];

Deno.test("Arrow: of a damaged table come sound columns or a StoreError, whatever its types", async () => {
  let [sound, refused] = [0, 0];
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(
      randomTable(),
      fc.constantFrom(...FORMS),
      fc.constantFrom("none" as const, "zstd" as const),
      damage,
      async ({ schema, batches }, { create, open }, compression, flips) => {
        await using store = new MemoryStore();
        const writer = await create(store, "t", { schema, compression, alignment: 8 });
        for (const batch of batches) await writer.write(batch);
        await writer.close();
        const { bytes: whole } = await getBytes(store, "t");
        for (const [place, mask] of flips) {
          const bytes = whole.slice();
          const at = place % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ mask;
          await store.put("t", bytes);
          try {
            for await (const batch of (await open(store, "t")).scan()) checkBatch(batch, batch.schema);
            sound++;
          } catch (error) {
            assert(
              error instanceof StoreError,
              `byte ${at} ^ ${mask}: ${error instanceof Error ? error.stack : error}`,
            );
            refused++;
          }
        }
      },
    ),
    { numRuns: 100 },
  );
  assert(sound > 100 && refused > 100, `${sound} and ${refused}`);
});
