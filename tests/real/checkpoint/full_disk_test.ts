import { openCheckpoints } from "@lade/checkpoint";
import { QuotaExceededError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { assertEquals, assertRejects } from "@std/assert";
import { mount, mountFault } from "../mount.ts";

const fault = await mountFault();

Deno.test({
  name: "checkpoints that are retired make room on a disk that has no byte left" +
    (fault === undefined ? "" : ` (skipped: ${fault})`),
  ignore: fault !== undefined,
  async fn() {
    await using disk = await mount("tmpfs", ["-o", "size=4m"]);
    const store = await openFileStore(disk.path);
    const checkpoints = await openCheckpoints(store, "c", { run: "a", graceMs: 0 });
    const save = (step: number) => {
      const data = new Uint8Array(500_000).fill(step);
      return checkpoints.save(step, { tensors: [{ name: "w", dtype: "uint8", shape: [data.length], data }] })
        .committed;
    };
    for (const step of [1, 2, 3]) await save(step);
    await checkpoints.retire({ generation: 0, step: 1 });
    const filler = await Deno.open(`${disk.path}/filler`, { write: true, create: true });
    await assertRejects(async () => {
      for (;;) await filler.write(new Uint8Array(4096));
    });
    filler.close();
    await assertRejects(() => save(4), QuotaExceededError);
    const { removed, retired, unmarked, isFull } = await checkpoints.gc({ keep: { last: 1 } });
    assertEquals(removed.map(({ name }) => name.slice(-1)), ["1", "2"]);
    assertEquals([retired.map(({ step }) => step), unmarked, isFull], [[2], [], false]);
    assertEquals((await save(4)).step, 4);
    assertEquals((await (await checkpoints.open(3, { hold: false })).verify("full")).faults, []);
  },
});
