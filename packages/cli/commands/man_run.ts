import { writeManPage } from "../program/man_page.ts";
import type { RunCommand } from "../program/command.ts";
import { isCommandName } from "../program/commands.ts";
import { UsageError } from "../program/usage_error.ts";
import { TextMessage } from "../messages/text_message.ts";
import type { ManOptions } from "./man.ts";

/** Prints a manual page. */
export const runMan: RunCommand<ManOptions> = async ({ output }, { command }) => {
  if (command !== undefined && !isCommandName(command)) {
    throw new UsageError(`${JSON.stringify(command)} is not a command.\nSee lade --help.`);
  }
  await output.result(new TextMessage(await writeManPage(command)));
};
