import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { defineCommand } from "../program/command.ts";

const options = object("Options", {
  command: optional(
    argument(string({ metavar: "COMMAND" }), { description: message`A command; all of lade by default.` }),
  ),
});

/** Options of `lade man`. */
export type ManOptions = InferValue<typeof options>;

/** `lade man`. */
export const man = defineCommand({
  name: "man",
  brief: message`Print a manual page`,
  description:
    message`Prints the manual page of lade, or of one of its commands, in the form that man reads.`,
  usage: "[COMMAND]",
  examples: [
    ["lade man > /usr/local/share/man/man1/lade.1", "installs it"],
    ["lade man cp | man -l -", "shows the page of cp"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./man_run.ts")).runMan,
});
