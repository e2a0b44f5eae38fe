import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { EpochClock } from "../../packages/cli/loader/epoch_clock.ts";
import {
  type LoadedEpoch,
  LoaderEpochMessage,
  LoaderRunMessage,
} from "../../packages/cli/messages/epoch_messages.ts";
import { createStyle } from "../../packages/cli/output/style.ts";
import { StatsCounter } from "../../packages/loader/stats/loader_stats.ts";
import { CliHere } from "./run_here.ts";

const PLAIN = createStyle({ colors: false });

async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  for (let i = 0; i < 10; i++) await cli.lade.put(`memory://m/set/${i}`, new Uint8Array(100 + i));
  return cli;
}

Deno.test("lade loader run prints a row for each epoch, and the mean and the least of several", async () => {
  await using cli = await filled();
  const run = ["loader", "run", "memory://m/set", "--batch-size=4", "--shuffle=full", "--compute-ms=1"];
  const { code, stdout } = await cli.run([...run, "--epochs=2"], { columns: 133 });
  assertEquals(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assertMatch(
    lines[0] ?? "",
    /^epoch +samples\/s +bytes\/s +AU % +first +waited +limited by +p50 ms .+ steps +skipped +time$/,
  );
  for (const epoch of [0, 1]) {
    assertMatch(
      lines[epoch + 1] ?? "",
      new RegExp(`^ +${epoch} +[\\d.]+ +[\\d.]+ \\S+/s +[\\d.]+ .+ 1.02 KiB +3 +0 +\\d`),
    );
  }
  assertMatch(lines[3] ?? "", /^ mean +[\d.]+ /);
  assertMatch(lines[4] ?? "", /^least +[\d.]+ /);
  assertEquals(lines[5], "2.04 KiB of samples, for which 2.04 KiB were read");
  assertEquals(lines.length, 7);
  const cut = await cli.run([...run, "--epochs=2", "--steps=2", "--json"]);
  const told = cut.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(told.slice(0, 2).map(({ type, epoch, steps, samples }) => [type, epoch, steps, samples]), [
    ["epoch", 0, 2, 8],
    ["epoch", 1, 2, 8],
  ]);
  assertEquals([told[2].type, told[2].epochs, told[2].metric.train_au_percentage.length], ["run", 2, 2]);
  const one = await cli.run(["loader", "run", "memory://m/set"], { columns: 133 });
  assertMatch(one.stdout, /^epoch .+\n {4}0 +\S+ +\S+ \S+ +- .+\n1\.02 KiB of samples.+\n$/);
});

Deno.test("lade loader run fits a narrow terminal, and says what it left out", async () => {
  await using cli = await filled();
  for (const columns of [20, 40, 60, 80, 100, 132, 133]) {
    const { stdout } = await cli.run(["loader", "run", "memory://m/set"], { tty: true, columns });
    // deno-lint-ignore no-control-regex
    const lines = stdout.replaceAll(/\x1b\[\d*m/g, "").trimEnd().split("\n");
    for (const line of lines.slice(0, 2)) assert(line.length <= columns, `${columns}: ${line}`);
    const hidden = Number(/^(\d+) columns? more in a wider terminal$/.exec(lines.at(-1) ?? "")?.[1] ?? 0);
    assertEquals(hidden > 0, columns < 133, lines.at(-1));
    assertEquals(
      (lines[0] ?? "").replace("limited by", "limit").trim().split(/ {2,}|(?<=ms) /).length,
      14 - hidden,
    );
  }
});

Deno.test("lade loader run --au exits with 1 where steps wait for too long, and needs steps", async () => {
  await using cli = await filled();
  const run = ["loader", "run", "memory://m/set", "--au=1"];
  // Ten seconds may go by between two steps.
  const met = await cli.run([...run, "--compute-ms=100"]);
  assertEquals(met.code, 0);
  assertMatch(met.stdout, /AU is [\d.]+ %, at least the 1 % asked for\n/);
  const missed = await cli.run(["loader", "run", "memory://m/set", "--au=100", "--compute-ms=1"]);
  assertEquals(missed.code, 1);
  assertMatch(missed.stdout, /below the 100 % asked for\n/);
  const none = await cli.run(run);
  assertEquals([none.code, none.stdout], [2, ""]);
  assertMatch(none.stderr, /--au needs --compute-ms/);
});

Deno.test("an epoch's utilization leaves its first step out, and counts the wait for the end", async () => {
  const clock = new FakeClock();
  const epoch = new EpochClock(clock);
  for (const [loadMs, computeMs, samples] of [[500, 100, 4], [10, 100, 4], [90, 100, 2]] as const) {
    await clock.advance(loadMs);
    epoch.loaded();
    await clock.advance(computeMs);
    epoch.stepped(samples);
  }
  await clock.advance(100);
  epoch.ended();
  assertEquals(epoch.measured(), { tookMs: 1000, measuredMs: 400, computeMs: 200, samples: 6 });
});

/** An epoch with so many reads of as many milliseconds each, after what `counter` counts already. */
function epochOf(counter: StatsCounter, epoch: number, readMs: number): LoadedEpoch {
  const before = counter.snapshot({ ahead: 0 });
  for (let read = 0; read < 100; read++) counter.read(2 ** 20, readMs);
  counter.steps += 10;
  counter.samples += 100;
  counter.bytes += 50 * 2 ** 20;
  counter.waitMs += readMs;
  counter.busyMs += 100;
  counter.firstBatchMs += readMs;
  if (epoch === 1) counter.transformMs += 10_000;
  const stats = counter.snapshot({ ahead: 0 }).since(before);
  const times = { tookMs: 2000, measuredMs: epoch === 0 ? 1000 : 500, computeMs: 400, measuredSamples: 90 };
  return { uri: "memory://m/set", epoch, ...times, stats };
}

Deno.test("an epoch tells its own latencies, first wait and limit, whatever epochs before it did", () => {
  const counter = new StatsCounter();
  const fastest = epochOf(counter, 0, 1);
  const [slow, fast] = [epochOf(counter, 0, 80), epochOf(counter, 1, 5)];
  assert(fastest.stats.readLatencyMs.p50 < 1.2 && slow.stats.readLatencyMs.p50 > 70);
  const whole = counter.snapshot({ ahead: 0 });
  assert(whole.readLatencyMs.p95 > 70, `${whole.readLatencyMs.p95}`);
  const { p50, p99 } = fast.stats.readLatencyMs;
  assert(p50 > 4.4 && p99 < 5.7, `${p50} ${p99}`);
  assertEquals([slow.stats.limit, fast.stats.limit, whole.limit], ["reads", "transform", "transform"]);
  assertEquals([slow.stats.firstBatchMs, fast.stats.firstBatchMs], [80, 5]);
  assertEquals([fast.stats.steps, fast.stats.reads, fast.stats.bytesRead], [10, 100, 100 * 2 ** 20]);
  assertMatch(
    new LoaderEpochMessage(fast, { isFirst: false }).toText(PLAIN),
    / 80\.0 .+ transform .+ 100 MiB +10 /,
  );
});

Deno.test("the metrics of a run have DLIO's names, units and rules", () => {
  const counter = new StatsCounter();
  const epochs = [epochOf(counter, 0, 80), epochOf(counter, 1, 5)];
  const { metric } = new LoaderRunMessage(epochs, { wanted: 70 }).toJson() as {
    metric: Record<string, unknown>;
  };
  assertEquals(metric.train_au_percentage, [40, 80]);
  assertEquals(metric.train_au_mean_percentage, 60);
  assertEquals(metric.train_au_meet_expectation, "fail");
  assertEquals(metric.train_au_stdev_percentage, 20);
  assertEquals(metric.train_throughput_samples_per_second, [90, 180]);
  assertEquals(metric.train_throughput_mean_samples_per_second, 135);
  assertEquals(metric.train_throughput_stdev_samples_per_second, 45);
  // Half of 2^20 bytes in a sample.
  assertAlmostEquals(metric.train_io_mean_MB_per_second as number, 67.5);
  assertAlmostEquals(metric.train_io_stdev_MB_per_second as number, 22.5);
});
