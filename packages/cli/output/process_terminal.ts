import { system } from "@lade/core/system";
import type { Terminal } from "./terminal.ts";

/** The streams and the environment of this process. It never asks for a permission. */
export const processTerminal: Terminal = {
  stdin: system.stdin,
  stdout: system.stdout,
  stderr: system.stderr,
  noColor: system.noColor,
  env(variable: string): string | undefined {
    const { state } = system.permissions.querySync({ name: "env", variable });
    try {
      return state === "granted" ? system.env.get(variable) : undefined;
    } catch {
      // A value that is not UTF-8 names no terminal.
      return undefined;
    }
  },
  columns(): number | undefined {
    try {
      const { columns } = system.consoleSize();
      return columns > 0 ? columns : undefined;
    } catch {
      // None of the streams is a terminal.
      return undefined;
    }
  },
};
