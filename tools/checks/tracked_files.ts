/** A file of the repository. */
export interface TrackedFile {
  /** Its path from the root, with `/`. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
}

/** Every text file git tracks, and every new one it does not ignore; without git, every file below this folder. */
export async function trackedFiles(): Promise<TrackedFile[]> {
  const listed = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  }).output();
  if (!listed.success) throw new Error(new TextDecoder().decode(listed.stderr));
  const files: TrackedFile[] = [];
  for (const path of new TextDecoder().decode(listed.stdout).split("\0")) {
    if (path === "") continue;
    try {
      files.push({ path, text: await Deno.readTextFile(path) });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return files;
}
