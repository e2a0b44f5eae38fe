/** A small file system for one test, and what unmounts it. */
export interface Mounted extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
}

/** Why nothing can be mounted here, or `undefined` when it can. */
export async function mountFault(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "it is not Linux";
  if (Deno.uid() !== 0) return "only root may mount";
  try {
    await using _ = await mount("tmpfs", ["-o", "size=64k"]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Makes a mounted file system read-only. */
export async function makeReadOnly({ path }: Mounted): Promise<void> {
  await run("mount", ["-o", "remount,ro", path]);
}

/** Mounts a file system of `type` at a new directory. */
export async function mount(type: string, options: readonly string[] = []): Promise<Mounted> {
  const path = await Deno.makeTempDir({ prefix: "lade-mount-" });
  await run("mount", ["-t", type, ...options, "lade-test", path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", path]);
      await Deno.remove(path);
    },
  };
}

/** Makes an image of an ext4 file system whose times are in whole seconds, and mounts it. */
export async function mountCoarse(): Promise<Mounted> {
  const image = await Deno.makeTempFile({ prefix: "lade-image-" });
  await Deno.truncate(image, 16 * 2 ** 20);
  await run("mke2fs", ["-q", "-t", "ext4", "-I", "128", "-F", image]);
  const path = await Deno.makeTempDir({ prefix: "lade-mount-" });
  await run("mount", ["-o", "loop", image, path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", path]);
      await Deno.remove(path);
      await Deno.remove(image);
    },
  };
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
