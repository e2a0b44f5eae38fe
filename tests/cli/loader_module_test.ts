import { assert, assertEquals, assertMatch } from "@std/assert";
import { ArrowStreamReader } from "@lade/formats/arrow";
import { BytesSource } from "@lade/formats/source";
import { valueAt } from "@lade/formats/table";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const MODULE = `
/** Makes each byte one more. */
export default ({ key, bytes }) => ({ key, bytes: bytes.map((byte) => byte + 1) });
export const fails = ({ key }) => { throw new RangeError("odd " + key); };
export const lengths = (samples) => samples.map(({ bytes }) => bytes.length);
export const notOne = 7;
`;

async function filled(): Promise<CliHere> {
  const cli = new CliHere();
  for (let i = 0; i < 10; i++) await cli.lade.put(`memory://m/set/${i}`, new Uint8Array(100).fill(i));
  return cli;
}

Deno.test("lade loader plan tells which exports are run and in how many workers, and where that is from", async () => {
  await using cli = await filled();
  await using files = await TemporaryDirectory.make({ "a b#c/augment.mjs": MODULE });
  const path = `${files.path}/a b#c/augment.mjs`;
  const plan = ["loader", "plan", "memory://m/set/", `--transform=${path}#default`];
  const { code, stdout, stderr } = await cli.run([...plan, `--collate=${path}#lengths`, "--workers=3"]);
  assertEquals([code, stderr], [0, ""]);
  const url = `file://${files.path}/a%20b%23c/augment.mjs`;
  assert(stdout.includes(`  loader.transform        ${url}#default  option\n`), stdout);
  assert(stdout.includes(`  loader.collate          ${url}#lengths  option\n`), stdout);
  assertMatch(stdout, /\n {2}pool\.workers +3 +option\n/);
  const { settings } = JSON.parse((await cli.run([...plan, "--json"])).stdout);
  const most = `${Math.max(1, navigator.hardwareConcurrency - 1)}`;
  assertEquals(settings["pool.workers"], { value: most, source: "default" });
  assertEquals(settings["loader.collate"], { value: "none", source: "default" });
});

Deno.test("lade loader run has workers transform and collate, or this thread, by a path from the working directory", async () => {
  await using cli = await filled();
  await using files = await TemporaryDirectory.make({ "augment.mjs": MODULE });
  const relative = `${Deno.cwd().replaceAll(/[^/]+/g, "..").slice(1)}${files.path}/augment.mjs`;
  for (const workers of [0, 2]) {
    const run = ["loader", "run", "memory://m/set/", "--batch-size=4", "--epochs=2", `--workers=${workers}`];
    const { code, stdout, stderr } = await cli.run([
      ...run,
      `--transform=${relative}`,
      `--collate=${relative}#lengths`,
      "--json",
    ]);
    assertEquals([code, stderr], [0, ""]);
    const told = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const epochs = told.filter(({ type }) => type === "epoch");
    assertEquals(epochs.map(({ steps, samples }) => [steps, samples]), [[3, 10], [3, 10]]);
    const failed = await cli.run([...run, `--transform=${relative}#fails`]);
    assertEquals(failed.code, 1);
    assertMatch(failed.stderr, /sample 0 \("memory:\/\/m\/set\/0"\): odd set\/0/);
  }
});

Deno.test("lade loader stream gives what samples were transformed to", async () => {
  await using cli = await filled();
  await using files = await TemporaryDirectory.make({
    "augment.mjs": MODULE,
  });
  for (const workers of [0, 2]) {
    const terminal = new FakeTerminal({ tty: false });
    const args = ["loader", "stream", "memory://m/set/", "--batch-size=4", `--workers=${workers}`];
    const code = await runCli([...args, `--transform=${files.path}/augment.mjs`], {
      terminal,
      lade: cli.lade,
    });
    assertEquals([code, terminal.stderr.text], [0, ""]);
    const seen: unknown[][] = [];
    const reader = await ArrowStreamReader.open(new BytesSource(terminal.stdout.bytes, "memory://stream"));
    for await (const { rows, columns: [key, bytes] } of reader.scan()) {
      assert(key && bytes);
      for (let row = 0; row < rows; row++) {
        const value = valueAt(bytes, row) as Uint8Array;
        seen.push([valueAt(key, row), value.length, value[0], value[99]]);
      }
    }
    assertEquals(seen, Array.from({ length: 10 }, (_, i) => [`set/${i}`, 100, i + 1, i + 1]));
  }
});

Deno.test("lade loader tells what is no export before a sample is read, and which options go together", async () => {
  await using cli = await filled();
  await using files = await TemporaryDirectory.make({
    "augment.mjs": MODULE,
    "broken.mjs": "export default (",
    "throws.mjs": "throw new Error('at the top')",
    "none.mjs": "export const notOne = 7",
  });
  const { path } = files;
  const set = "memory://m/set/";
  // Where nothing lies, reading would be told instead.
  const cases: [readonly string[], RegExp][] = [
    [
      ["run", "memory://m/none/", `--transform=${path}/nothing.mjs`],
      /--transform: no file ".+nothing\.mjs" lies/,
    ],
    [["plan", "memory://m/none/", `--collate=${path}`], /--collate: no file ".+" lies there/],
    [["stream", "memory://m/none/", `--transform=${path}/augment.mjs/x`], /no file .+ lies there/],
    [
      ["run", "memory://m/none/", `--transform=${path}/augment.mjs#nope`],
      /"nope" of ".+" is not there; it exports default, fails, lengths\./,
    ],
    [
      ["run", "memory://m/none/", `--transform=${path}/augment.mjs#notOne`],
      /"notOne" of ".+" is no function, but number; it/,
    ],
    [
      ["run", "memory://m/none/", `--transform=${path}/none.mjs`],
      /"default" of ".+" is not there; it exports no function\./,
    ],
    [
      ["plan", "memory://m/none/", `--transform=${path}/throws.mjs`],
      /throws\.mjs" cannot be loaded: at the top/,
    ],
    [["plan", "memory://m/none/", `--transform=${path}/broken.mjs`], /broken\.mjs" cannot be loaded: /],
    [["plan", set, "--transform=#default"], /"#default" is no FILE or FILE#EXPORT/],
    [["plan", set, "--transform=a.ts#"], /"a\.ts#" is no FILE or FILE#EXPORT/],
    [["plan", set, "--workers=2"], /--workers needs --transform or --collate/],
    [["run", set, "--workers=0"], /--workers needs --transform or --collate/],
    [["index", set, `--transform=${path}/augment.mjs`], /are of plan, run and stream, not of index/],
    [["index", set, "--workers=1"], /are of plan, run and stream, not of index/],
    [["stream", set, `--collate=${path}/augment.mjs#lengths`], /--collate is of plan and run/],
    [
      ["plan", set, `--transform=${path}/augment.mjs`, "--workers=513"],
      /513 is more than 512|"513" is more than 512/,
    ],
  ];
  for (const [args, words] of cases) {
    const { code, stderr } = await cli.run(["loader", ...args], { tty: false });
    assertEquals([code, stderr.match(words)?.length], [2, 1], `${args.join(" ")}: ${stderr}`);
  }
  const { stdout } = await cli.run(["loader", "--help"]);
  for (const option of ["--transform FILE[#EXPORT]", "--collate FILE[#EXPORT]", "--workers N"]) {
    assert(stdout.includes(option), stdout);
  }
});
