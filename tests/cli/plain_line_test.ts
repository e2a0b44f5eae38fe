import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readPlainLine } from "../../packages/cli/program/command_line.ts";
import type { CommandLine } from "../../packages/cli/program/parsed_line.ts";
import { COMMAND_NAMES, type CommandName, loadCommand } from "../../packages/cli/program/commands.ts";
import { globalOptions } from "../../packages/cli/command/global_options.ts";
import { parseCommandLine } from "../../packages/cli/program/parse_command_line.ts";
import { backendOptions } from "../../packages/cli/program/backend_options.ts";
import type { Option } from "../../packages/cli/syntax/option.ts";

/** Values, some of which are good for each option that takes one. */
const VALUES = [
  "7",
  "22",
  "0",
  "007",
  "-1",
  "1e3",
  "8MiB",
  "1h30m",
  "plain",
  "GET",
  "put",
  "x=y",
  "X-Y==z",
  "file.sync=full",
  "s3.partSize=1.5",
  "word",
  "",
];
const ARGUMENTS = ["a", "s3://b/k", "dir/", "-", "", "é", "a=b", "ls", "help", "version", "completion"];
const ODD = ["-x", "-rq", "--no", "--no-such=1", "-j4", "--json=", "-h", "--help", "-V", "---"];

Deno.test("readPlainLine() reads what the parser reads, the same way, or nothing", async () => {
  const commands = await Promise.all(
    COMMAND_NAMES.map(async (name) => linesOf(name, await optionsOf(name))),
  );
  const line = fc.oneof(...commands);
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(line, async (args) => {
      const read = await readPlainLine(args);
      if (!read) return;
      plain++;
      assertEquals(told(read), told(await parseCommandLine(args, { columns: 80, colors: false })));
    }),
    { numRuns: 1_000 },
  );
  assert(plain > 100, `${plain} lines were plain`);
});

Deno.test("readPlainLine() reads what most command lines are like", async () => {
  const lines = [
    "ls",
    "ls -r -H s3://b/p/",
    "-q ls --json s3://b",
    "--region eu-west-1 get s3://b/k",
    "get -q s3://b/k /tmp/k",
    "get -r -j 64 s3://b/p/ d/",
    "put --zstd=3 --metadata a=b --metadata c=d - s3://b/k",
    "cp -r -n --dry-run a/ s3://b/a/ -v -v",
    "rm -r -f -- s3://b/p/ -x",
    "--config s3.region=x --config file.sync=full mv a b",
    "cat --offset 1G --length 8MiB s3://b/k",
    "presign --method put --expires 7d s3://b/k",
    "man cp",
  ];
  for (const line of lines) {
    const read = await readPlainLine(line.split(" "));
    assert(read, line);
    assertEquals(
      told(read),
      told(await parseCommandLine(line.split(" "), { columns: 80, colors: false })),
      line,
    );
  }
});

Deno.test("readPlainLine() leaves help, completions and mistakes to the parser", async () => {
  const lines = [
    "",
    "help",
    "help ls",
    "completion bash l",
    "ls --help",
    "--version",
    "lss",
    "ls -rH",
    "du -d1",
  ];
  for (
    const line of [
      ...lines,
      "ls --region",
      "cat",
      "get a b c",
      "ls -r -r",
      "ls --region --json",
      "-x ls",
      "-- ls",
    ]
  ) {
    assertEquals(await readPlainLine(line.split(" ")), undefined, line);
  }
});

/** All but the function that runs the command. */
function told(line: CommandLine) {
  if (line.kind !== "run") return line;
  const { invocation: { name, options, whenUnread }, settings } = line;
  return { name, options, whenUnread, settings };
}

async function optionsOf(name: CommandName): Promise<Option<unknown>[]> {
  const { options } = await loadCommand(name);
  return [globalOptions, backendOptions, options].flatMap((table) => Object.values<Option<unknown>>(table));
}

/** Command lines of one command: its options in any order and form, before or after its name, and what is none. */
function linesOf(command: CommandName, options: readonly Option<unknown>[]): fc.Arbitrary<string[]> {
  const value = fc.constantFrom(...VALUES);
  const given = fc.constantFrom(...options.filter(({ names }) => names.length > 0)).chain(
    (option) => {
      const name = fc.constantFrom<string>(...option.names);
      if (!option.value) return name.map((flag) => [flag]);
      const fitting = VALUES.filter((text) => "value" in (option.value?.read(text) ?? {}));
      const text = fitting.length > 0
        ? fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...fitting) }, value)
        : value;
      return fc.tuple(name, text, fc.boolean()).map(([flag, text, joined]) =>
        joined ? [`${flag}=${text}`] : [flag, text]
      );
    },
  );
  const part = fc.oneof(
    { weight: 10, arbitrary: given },
    { weight: 6, arbitrary: fc.constantFrom(...ARGUMENTS).map((text) => [text]) },
    { weight: 1, arbitrary: fc.constant(["--"]) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD).map((text) => [text]) },
  );
  const parts = fc.array(part, { maxLength: 5 });
  return fc.tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(given, { maxLength: 2 })),
    parts,
  ).map(([before, after]) => [...before.flat(), command, ...after.flat()]);
}
