/** Where `deno task servers` puts the test servers, and their logs: `.servers` beside `deno.json`, which git ignores. */
export const SERVERS_DIRECTORY: string = new URL("../../.servers", import.meta.url).pathname;
