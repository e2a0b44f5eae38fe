/** A directory for one test. */
export interface TestRoot extends AsyncDisposable {
  /** Its absolute path, without links. */
  readonly path: string;
  /** The path of a file in it. */
  file(key: string): string;
  /** Writes a file in it, its directories too. */
  write(key: string, content: string | Uint8Array): void;
  /** All paths in it that are no directories, unfinished writes too, sorted. */
  everything(): string[];
}

/** Makes an empty directory, removed when it is disposed; in `parent` if that exists. */
export async function makeRoot(parent?: string): Promise<TestRoot> {
  const dir = parent !== undefined && await isDirectory(parent) ? parent : undefined;
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "lade-", ...(dir && { dir }) }));
  return {
    path,
    file: (key) => `${path}/${key}`,
    write(key, content) {
      const file = `${path}/${key}`;
      Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      Deno.writeFileSync(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    },
    everything: () => [...walk(path, "")].sort(),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

function* walk(path: string, prefix: string): Generator<string> {
  for (const entry of Deno.readDirSync(path)) {
    if (entry.isDirectory) yield* walk(`${path}/${entry.name}`, `${prefix}${entry.name}/`);
    else yield prefix + entry.name;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
