import { defineCommand } from "../program/command.ts";
import { optionalArgument, type ValuesOf } from "../syntax/option.ts";
import { textValue } from "../values/text_value.ts";

const options = {
  command: optionalArgument(textValue("COMMAND"), undefined, "A command; all of lade by default."),
};

/** Options of `lade man`. */
export type ManOptions = ValuesOf<typeof options>;

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
  load: async () => (await import("./man_run.ts")).runMan,
});
