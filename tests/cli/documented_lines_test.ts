import { assert, assertEquals } from "@std/assert";
import { COMMAND_NAMES, loadCommand } from "../../packages/cli/program/commands.ts";
import { readCommandLine } from "../../packages/cli/program/command_line.ts";

const ROOT = new URL("../../", import.meta.url);
const DOCUMENTS = [
  "README.md",
  "docs/azure.md",
  "docs/checking.md",
  "docs/checkpoints.md",
  "docs/coming_from.md",
  "docs/filters.md",
  "docs/formats.md",
  "docs/gcs.md",
  "docs/loader.md",
  "docs/many_machines.md",
  "docs/names.md",
  "docs/s3.md",
  "docs/sync.md",
  "docs/transfers.md",
  "docs/tuning.md",
  "packages/cli/README.md",
];

for (const path of DOCUMENTS) {
  Deno.test(`every command line of ${path} is one`, async () => {
    const lines = documentedLines(await Deno.readTextFile(new URL(path, ROOT)));
    assert(lines.length > 0, "no command line was found");
    for (const line of lines) await checkLine(line);
  });
}

for (const name of COMMAND_NAMES) {
  Deno.test(`every example of lade ${name} is a command line`, async () => {
    const { examples } = await loadCommand(name);
    assert(examples.length > 0, "there is none");
    for (const [line] of examples) {
      for (const part of commandsIn(line)) await checkLine(part);
    }
  });
}

/** The lines of `lade` in blocks of shell, and in spans of code those that name a place. */
function documentedLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
    block.replaceAll("\\\n", "").split("\n")
  );
  const spans = [...text.matchAll(/`(lade [^`]*:\/\/[^`]*)`/g)].map(([, span = ""]) => span);
  return [...blocks, ...spans].flatMap(commandsIn);
}

/** What of a line of shell is a command line of `lade`. */
function commandsIn(line: string): string[] {
  return [...line.matchAll(/(?:^|[|(] *)(lade(?: [^|>#)]*)?)/g)].map(([, command = ""]) => command.trim());
}

async function checkLine(line: string): Promise<void> {
  // What would be read from a file is not there.
  const given = line.replaceAll(/=@[\w.]+/g, "=sv=1&sig=1");
  const words = given.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  const [, ...args] = words.map((word) => word.replaceAll(/^["']|["']$/g, ""));
  const read = await readCommandLine(args, { columns: 80, colors: false });
  assertEquals(read.kind === "mistake" ? `${line}: ${read.problem}` : "", "");
}
