import { SERVERS_DIRECTORY } from "./servers_directory.ts";

/** The package of npm that holds Node as a program, and the first version that has all that is needed. */
export const NODE = "node@26";
/** Where it is installed. */
export const NODE_DIRECTORY: string = `${SERVERS_DIRECTORY}/node`;

/** Node as `deno task servers` installed it. */
export function findNode(): string | undefined {
  const path = `${NODE_DIRECTORY}/node_modules/node/bin/node`;
  try {
    return Deno.statSync(path).isFile ? path : undefined;
  } catch {
    return undefined;
  }
}
