import type { Terminal } from "./terminal.ts";

/** The streams and the environment of this process. It never asks for a permission. */
export const denoTerminal: Terminal = {
  stdin: Deno.stdin,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  noColor: Deno.noColor,
  env(variable: string): string | undefined {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    try {
      return state === "granted" ? Deno.env.get(variable) : undefined;
    } catch {
      // A value that is not UTF-8 names no terminal.
      return undefined;
    }
  },
  columns(): number | undefined {
    try {
      const { columns } = Deno.consoleSize();
      return columns > 0 ? columns : undefined;
    } catch {
      // None of the streams is a terminal.
      return undefined;
    }
  },
};
