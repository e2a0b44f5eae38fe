import { type Environment, isGranted, systemEnvironment } from "./environment.ts";

/**
 * The home directory: `HOME`, `USERPROFILE`, else what the system has for this user, where it may be asked
 * (`--allow-sys=homedir`). `undefined` where nothing says it.
 */
export async function homeDirectory(env: Environment): Promise<string | undefined> {
  const said = (env("HOME") ?? env("USERPROFILE"))?.trim();
  if (said) return said.length > 1 ? said.replace(/[/\\]$/, "") : said;
  if (env !== systemEnvironment || !isGranted({ name: "sys", kind: "homedir" })) return undefined;
  try {
    return (await import("node:os")).homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** A path with `~` at its start and `$NAME`, `${NAME}` replaced, where they are known. */
export function expandPath(path: string, env: Environment, home: string | undefined): string {
  const expanded = path.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (all, bare?: string, braced?: string) => {
      const name = bare ?? braced ?? "";
      return env(name) ?? (name === "HOME" ? home : undefined) ?? all;
    },
  );
  return home === undefined ? expanded : expanded.replace(/^~(?=$|[/\\])/, home);
}

/** A path as messages call it: with `~` for the home directory. */
export function shortPath(path: string, home: string | undefined): string {
  return home !== undefined && home !== "/" && path.startsWith(`${home}/`)
    ? `~${path.slice(home.length)}`
    : path;
}
