import type { NodeModules } from "@lade/codec/node";

/*
 * Node gives U+FFFD for bytes that are not UTF-8, and what that names may be another file. Deno refuses; so is it here.
 */

const REPLACED = "\ufffd";

/** The text of a path; an error where its bytes are none. What does as Node does may have made it a text. */
export function pathText(path: Uint8Array | string): string {
  if (typeof path === "string") return path;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(path);
  } catch {
    const shown = JSON.stringify(new TextDecoder().decode(path));
    throw noText(`File name or path ${shown} is not valid UTF-8`);
  }
}

/** The working directory; an error where its path is no text. */
export function workingDirectory(process: NodeModules["node:process"], fs: NodeModules["node:fs"]): string {
  const path = process.cwd();
  if (path.includes(REPLACED)) {
    const [named, here] = [path, "."].map((each) =>
      fs.statSync(each, { bigint: true, throwIfNoEntry: false })
    );
    if (named === undefined || named.ino !== here?.ino || named.dev !== here.dev) {
      throw noText(`The path of the working directory, ${JSON.stringify(path)}, is not valid UTF-8`);
    }
  }
  return path;
}

/** A variable of the environment; an error where it is no text. */
export function variableOf(env: NodeModules["node:process"]["env"], name: string): string | undefined {
  const value = env[name];
  if (value?.includes(REPLACED)) throw new TypeError(`The variable ${name} is not valid unicode`);
  return value;
}

function noText(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "EILSEQ" });
}
