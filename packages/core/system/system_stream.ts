/** A standard stream that is read. */
export type SystemInput = Pick<typeof Deno.stdin, "isTerminal" | "read">;

/** A standard stream that is written to. */
export type SystemOutput = Pick<typeof Deno.stdout, "isTerminal" | "write" | "writeSync">;
