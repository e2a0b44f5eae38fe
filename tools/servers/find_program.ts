import { SERVERS_DIRECTORY } from "./servers_directory.ts";

/**
 * The path of a program: what `deno task servers` installed, else below the directory that `LADE_PEERS` names, else on
 * `PATH`.
 */
export function findProgram(name: string): string | undefined {
  const peers = Deno.env.get("LADE_PEERS");
  const directories = [
    `${SERVERS_DIRECTORY}/bin`,
    `${SERVERS_DIRECTORY}/venv/bin`,
    ...(peers === undefined ? [] : [`${peers}/bin`, `${peers}/venv/bin`]),
    ...(Deno.env.get("PATH") ?? "").split(":"),
  ];
  return directories.filter((directory) => directory !== "").map((directory) => `${directory}/${name}`)
    .find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
