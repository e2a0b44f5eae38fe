import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { TextMessage } from "../messages/text_messages.ts";
import { optionalArgument, type ValuesOf } from "../syntax/option.ts";
import { textValue } from "../values/plain_values.ts";

const options = {
  command: optionalArgument(textValue("COMMAND"), undefined, "A command; all of lade by default."),
};

type ManOptions = ValuesOf<typeof options>;

/** `lade man`. */
export const man = defineCommand({
  name: "man",
  brief: "Print a manual page",
  description: "Prints the manual page of lade, or of one of its commands, in the form that man reads.",
  usage: "[COMMAND]",
  examples: [
    ["lade man > /usr/local/share/man/man1/lade.1", "installs it"],
    ["lade man cp | man -l -", "shows the page of cp"],
  ],
  options,
  whenUnread: "ends",
  run: runMan,
});

/** Prints a manual page. */
async function runMan({ output, manual }: CommandContext, { command }: ManOptions): Promise<void> {
  await output.result(new TextMessage(await manual(command)));
}
