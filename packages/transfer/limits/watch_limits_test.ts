import { assert, assertEquals } from "@std/assert";
import { createStoreContext, ForwardingStore, MemoryStore, sumFigures } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { readCpuTime } from "./limit_sample.ts";
import { LimitWatch } from "./watch_limits.ts";

/** A store whose disk is waited for as long as it is told. */
class Disk extends ForwardingStore {
  readonly counted = { ...sumFigures([]), bytesWritten: 0, waitedMs: { ...sumFigures([]).waitedMs } };

  constructor(clock: FakeClock) {
    super(new MemoryStore({ context: createStoreContext({ clock }) }));
    Object.defineProperty(this, "figures", { value: () => this.counted });
  }
}

Deno.test("LimitWatch judges what was done since its start, and lately what was done in the last seconds", async () => {
  const clock = new FakeClock();
  const disk = new Disk(clock);
  const { context } = disk;
  const cpu = { process: 500, thread: 400 };
  const watch = new LimitWatch({ context, stores: [disk] }, { cpuTime: () => ({ ...cpu }), cores: 4 });
  const done = { objects: 0, bytes: 0 };
  const judged = () => [watch.judgeLately(done).by, watch.judge(done).by];
  const pass = async (write: number, busy: number) => {
    for (let i = 0; i < 10; i++) {
      await clock.advance(1_000);
      disk.counted.waitedMs.writing += 1_000 * write;
      disk.counted.bytesWritten += 1_000;
      done.bytes += 1_000;
      cpu.thread += 1_000 * busy;
      cpu.process += 1_000 * busy;
      watch.judgeLately(done);
    }
  };
  assertEquals(judged(), ["none", "none"]);
  await pass(2, 0.1);
  assertEquals(judged(), ["disk", "disk"]);
  await pass(0, 0.98);
  assertEquals(judged(), ["cores", "disk"]);
  const { figures, name, sentence } = watch.judge(done);
  assertEquals([figures.elapsedMs, Math.round(figures.cpuMs), figures.bytesWritten], [
    20_000,
    10_800,
    20_000,
  ]);
  assertEquals(sentence.startsWith(`${name} limited it: `), true);
});

Deno.test("readCpuTime() tells what this process has used", () => {
  const { process, thread } = readCpuTime();
  assert(process > 0 && (thread === undefined || thread <= process));
});
