import { assertEquals, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import type { S3Options } from "@lade/s3";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { testsExcept } from "./s3_real_cases.ts";
import { configOf } from "./s3_server.ts";

/** What {@linkcode commandCases} has to know of a server. */
export interface CommandCasesConfig {
  /** What the server is called. */
  readonly name: string;
  /** The server, once the tests run. */
  readonly server: () => S3TestServer;
  /** Configuration that its stores need. */
  readonly config?: S3Options;
  /** Cases that it cannot pass, by their name without that of the server, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

const MIB = 2 ** 20;

/** Registers a test of every command on a server that others wrote. */
export function commandCases({ name, server, config = {}, skip = {} }: CommandCasesConfig): void {
  const test = testsExcept(name, skip);
  let count = 0;

  async function withBucket(
    files: Readonly<Record<string, string | Uint8Array>>,
    work: (
      run: (line: string, stdin?: string) => Promise<string>,
      directory: TemporaryDirectory,
    ) => Promise<void>,
  ): Promise<void> {
    const bucket = `commands-${++count}`;
    await using directory = await TemporaryDirectory.make(files);
    await using lade = new Lade({ config: { s3: { ...configOf(server()), ...config } } });
    const run = async (line: string, stdin?: string) => {
      const args = line.replaceAll("BUCKET", `s3://${bucket}`).replaceAll("DIR", directory.path).split(" ");
      const terminal = new FakeTerminal(stdin === undefined ? {} : { stdin: [stdin] });
      const code = await runCli(args, { terminal, lade });
      assertEquals(code, 0, `${line}: ${terminal.stderr.text}`);
      return terminal.stdout.text;
    };
    await run("mb BUCKET");
    await work(run, directory);
  }

  test(`lade on ${name} makes, fills, lists, reads, copies, moves and removes`, () =>
    withBucket({ a: "hello", "tree/b": "one", "tree/c/d": "two" }, async (run, directory) => {
      await run("put DIR/a BUCKET/a");
      await run("put -r DIR/tree/ BUCKET/tree/");
      await run("pipe BUCKET/piped", "from a pipe");
      assertEquals(await run("cat BUCKET/piped"), "from a pipe");
      assertEquals((await run("ls -r BUCKET/")).trim().split("\n").map((line) => line.split(/\s+/).at(-1)), [
        "a",
        "piped",
        "tree/b",
        "tree/c/d",
      ]);
      assertStringIncludes(await run("ls BUCKET/tree/"), "c/");
      assertStringIncludes(await run("stat BUCKET/a"), "5");
      assertStringIncludes(await run("du BUCKET/"), "22");
      await run("cp BUCKET/a BUCKET/copied");
      await run("mv BUCKET/copied BUCKET/moved");
      await run("mv BUCKET/moved DIR/down");
      assertEquals(await directory.tree().then((tree) => tree["down"]), "hello");
      await run("mv DIR/down BUCKET/up");
      await run("get BUCKET/up DIR/again");
      await run("get -r BUCKET/tree/ DIR/fetched/");
      const tree = await directory.tree();
      assertEquals([tree["again"], tree["fetched/b"], tree["fetched/c/d"]], ["hello", "one", "two"]);
      assertStringIncludes(await run("presign BUCKET/a"), server().url);
      await run("rm BUCKET/a");
      await run("rm -r BUCKET/tree/");
      assertEquals((await run("ls -r BUCKET/")).trim().split("\n").map((line) => line.split(/\s+/).at(-1)), [
        "piped",
        "up",
      ]);
      await run("rm -r --all BUCKET/");
      await run("rb BUCKET");
    }));

  test(`lade on ${name} sends and fetches what has many parts`, () => {
    const large = new Uint8Array(21 * MIB).map((_, index) => index * 7 >> 3);
    return withBucket({ large }, async (run, directory) => {
      await run("put DIR/large BUCKET/large");
      await run("cp BUCKET/large BUCKET/copy");
      await run("get BUCKET/copy DIR/back");
      const back = await Deno.readFile(`${directory.path}/back`);
      assertEquals(back.length === large.length && back.every((byte, at) => byte === large[at]), true);
      await run("rb -f BUCKET");
    });
  });

  test(`lade doctor --write on ${name} leaves nothing behind`, () =>
    withBucket({}, async (run) => {
      await run("doctor --write BUCKET");
      assertEquals(await run("ls -r BUCKET/").catch(() => ""), "");
      await run("rb BUCKET");
    }));
}
