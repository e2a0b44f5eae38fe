import { assert, assertEquals } from "@std/assert";
import { type Bandwidth, createStoreContext, type Direction } from "@lade/core/backend";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const SIZE = 100_000;
const BODY = "x".repeat(SIZE);

/** Lets all bytes go, and counts them. */
class CountedBandwidth implements Bandwidth {
  taken = { up: 0, down: 0 };

  piece(): number {
    return 7_000;
  }

  take(direction: Direction, bytes: number): undefined {
    assert(bytes <= 7_000, `${bytes} bytes are more than a piece`);
    this.taken[direction] += bytes;
  }
}

Deno.test("what a command sends and receives counts, once for each direction", async () => {
  await using directory = await TemporaryDirectory.make({ "a": BODY });
  const { path } = directory;
  await using fake = await startFakeS3({ buckets: ["bucket", "other"], minPartSize: 1 });
  const bandwidth = new CountedBandwidth();
  const context = createStoreContext({ bandwidth });
  await using lade = new Lade({ config: { s3: { ...fakeConfig(fake) } }, context });
  const run = async (args: readonly string[], stdin: readonly string[] = []) => {
    bandwidth.taken = { up: 0, down: 0 };
    const terminal = new FakeTerminal({ stdin });
    assertEquals([await runCli(args, { terminal, lade }), terminal.stderr.text], [0, ""]);
    const { up, down } = bandwidth.taken;
    // Listings and the answers to writes are bodies too.
    const inWhole = (bytes: number) => Math.floor(bytes / SIZE);
    return [inWhole(up), inWhole(down)];
  };
  assertEquals(await run(["put", `${path}/a`, "s3://bucket/a"]), [1, 0]);
  assertEquals(await run(["get", "s3://bucket/a", `${path}/b`]), [0, 1]);
  assertEquals(await run(["cat", "s3://bucket/a"]), [0, 1]);
  assertEquals(await run(["cp", "s3://bucket/a", "s3://other/a"]), [0, 0], "the service copies by itself");
  assertEquals(await run(["pipe", "s3://bucket/p"], [BODY]), [1, 0]);
  assertEquals(await run(["pipe", `file://${path}/p`], [BODY]), [1, 1]);
  assertEquals(await run(["get", `file://${path}/a`, "-"]), [1, 1]);
  assertEquals(await run(["cat", `${path}/a`]), [1, 1]);
  assertEquals(await run(["cp", `${path}/a`, `${path}/c`]), [1, 1]);
  assertEquals(await run(["cp", `${path}/a`, `direct://${path}/d`]), [1, 1]);
  assertEquals(await run(["cp", "--zstd=1", `${path}/a`, `${path}/`]), [1, 1]);
  assertEquals(await run(["mv", `${path}/c`, `${path}/e`]), [0, 0], "a rename moves no bytes");
  for (const name of ["b", "p", "d", "e"]) {
    assertEquals(await Deno.readTextFile(`${path}/${name}`), BODY, name);
  }
});

Deno.test("lade --bwlimit bounds the stores that the command opens", async () => {
  await using directory = await TemporaryDirectory.make({ "a": BODY });
  const { path } = directory;
  for (const [at, limit] of ["1G", "1G:off", "00:00,1G 12:00,2GB/s:off"].entries()) {
    const terminal = new FakeTerminal();
    const code = await runCli(["cp", "--bwlimit", limit, `${path}/a`, `${path}/${at}`], { terminal });
    assertEquals([code, terminal.stderr.text, await Deno.readTextFile(`${path}/${at}`)], [0, "", BODY]);
  }
});

Deno.test("lade --bwlimit refuses what is no bandwidth, before anything is done", async () => {
  for (
    const [limit, problem] of [
      ["10", '"10" needs a unit: 10K, 10M or 10G bytes a second.'],
      ["08:00", '"08:00" is not a rate'],
      ["", "A bandwidth cannot be empty."],
    ] as const
  ) {
    const terminal = new FakeTerminal();
    const code = await runCli(["cp", `--bwlimit=${limit}`, "/nowhere/a", "/nowhere/b"], { terminal });
    assertEquals([code, terminal.stderr.text.includes("/nowhere")], [2, false]);
    if (limit !== "08:00") assert(terminal.stderr.text.includes(problem), terminal.stderr.text);
  }
});
