import { fileURLToPath } from "node:url";

/** Where `deno task servers` puts the test servers, and their logs: `.servers` beside `deno.json`, which git ignores. */
export const SERVERS_DIRECTORY: string = fileURLToPath(new URL("../../.servers", import.meta.url));
