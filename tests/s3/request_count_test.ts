import { assertEquals } from "@std/assert";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "./open_fake.ts";

/** The operations that the server was asked for since the last call, with their number. */
function operationsOf(fake: FakeS3): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation = "?" } of fake.requests.splice(0)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Command lines, `DIR` standing for a directory with a file `new`, and what each of them may ask the server for. */
const COMMANDS: readonly (readonly [string, Record<string, number>])[] = [
  ["cat s3://bucket/one", { GetObject: 1 }],
  ["cp s3://bucket/one DIR/copy", { GetObject: 1 }],
  ["get s3://bucket/one DIR/", { GetObject: 1 }],
  ["get -r s3://bucket/tree/ DIR/tree/", { ListObjectsV2: 1, GetObject: 3 }],
  ["stat s3://bucket/one", { HeadObject: 1 }],
  ["cp DIR/new s3://bucket/new", { PutObject: 1 }],
  ["ls -r s3://bucket/tree/", { ListObjectsV2: 1 }],
];

for (const [line, operations] of COMMANDS) {
  Deno.test(`lade ${line} makes no more requests than it needs`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    for (const key of ["one", "tree/a", "tree/b", "tree/c"]) {
      fake.putSynthetic("bucket", key, { size: 1000, checksum: "crc32c" });
    }
    const directory = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${directory}/new`, "content");
      await using lade = new Lade({ config: { s3: { ...fakeConfig(fake) } } });
      const terminal = new FakeTerminal({});
      const args = line.replaceAll("DIR", directory).split(" ");
      assertEquals(await runCli(args, { terminal, lade }), 0, terminal.stderr.text);
      assertEquals(operationsOf(fake), operations);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
