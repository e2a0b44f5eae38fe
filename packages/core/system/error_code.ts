import { nodeModule } from "@lade/codec/node";

/** The system's name of an error (`ENOENT`), if it is one of the system's. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // A path that the system has, and whose bytes are no text: Deno gives that no code.
  if (error.name === "InvalidData" && error.message.endsWith("is not valid UTF-8")) return "EILSEQ";
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  return error.code.startsWith("Unknown system error") && "errno" in error ? nameOf(error.errno) : error.code;
}

/** What Node has no name for (EDQUOT, ESTALE) it gives the number of. */
function nameOf(errno: unknown): string | undefined {
  const names = nodeModule("node:os")?.constants.errno ?? {};
  return Object.entries(names).find(([, number]) => number === -Number(errno))?.[0];
}
