import type { Clock } from "@lade/core/backend";
import type { BearerToken } from "../call/mod.ts";
import { briefly, readToken } from "./ask_for_token.ts";
import { runCommand, whyNotRun } from "./run_command.ts";

const BOUNDS = { timeoutMs: 30_000, maxBytes: 2 ** 20 };

/**
 * The token that a program prints as JSON, for whoever has logged in by it; else why there is none, in words. `login` is
 * how one logs in, as the program itself says it.
 */
export async function askCommandForToken(
  command: string,
  login: string,
  clock: Clock,
): Promise<BearerToken | string> {
  const [name = ""] = command.split(" ");
  try {
    const { code, stdout, stderr } = await runCommand(command, clock, BOUNDS);
    const token = code === 0 ? readToken(stdout, clock.now()) : undefined;
    if (token) return token;
    if (code === 127 || /is not recognized/.test(stderr)) return `${name} is not installed`;
    if (stderr.includes(login)) return `nobody has logged in by ${login}`;
    return briefly(stderr) || `${name} gives no token`;
  } catch (error) {
    return `${name} ${whyNotRun(error)}`;
  }
}
