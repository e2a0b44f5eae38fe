import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The commit that is built, and its day; `undefined` where `root` is no repository of git, such as an archive in another one. */
export async function buildName(root = ROOT): Promise<string | undefined> {
  const commit = await git(root, "log", "-1", "--format=%H of %cs");
  if (commit === undefined) return undefined;
  const changed = await git(root, "status", "--porcelain", "--untracked-files=no");
  const short = commit.replace(/^(\w{10})\w*/, "$1");
  return changed === "" ? short : `${short} with changes`;
}

async function git(root: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-C", root, ...args],
      env: { GIT_CEILING_DIRECTORIES: dirname(root) },
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
