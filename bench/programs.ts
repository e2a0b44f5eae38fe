import { fileURLToPath } from "node:url";
import { installedLade } from "./installed_lade.ts";
import { peer } from "./peers.ts";

/** Program and arguments, or what becomes of them. */
export type Command = readonly string[] | Promise<readonly string[]>;

/** How one program does what the benchmarks ask of all of them. Commands, but for what they need beforehand. */
export interface Program {
  /** What it is, as the table shows it. */
  readonly name: string;
  /** Copies an object to a file. */
  readonly get?: (key: string, path: string) => Command;
  /** Copies a file to an object. */
  readonly put?: (path: string, key: string) => Command;
  /** Copies all objects under a prefix (`small/`) into a directory. */
  readonly getTree?: (prefix: string, directory: string) => Command;
  /** Copies all files of a directory to a prefix. */
  readonly putTree?: (directory: string, prefix: string) => Command;
  /** Lists all keys. */
  readonly list?: (prefix: string) => Command;
}

/** The `lade` command of this checkout, as it is installed. */
export async function ladeCommand(...args: readonly string[]): Promise<readonly string[]> {
  return [await installedLade(), ...args];
}

/** The library of this checkout, on the container at `root`: `lade_child.ts`. */
export function ladeChildAt(root: string, ...args: readonly string[]): readonly string[] {
  const script = fileURLToPath(new URL("./lade_child.ts", import.meta.url));
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", script, root, ...args];
}

/** Lade on the container at `root`, a URI without a slash at the end. */
export function ladeAt(root: string): Program {
  return {
    name: "lade",
    get: (key, path) => ladeCommand("cp", `${root}/${key}`, path),
    put: (path, key) => ladeCommand("cp", path, `${root}/${key}`),
    getTree: (prefix, directory) => ladeCommand("cp", "-q", "-r", `${root}/${prefix}`, `${directory}/`),
    putTree: (directory, prefix) => ladeCommand("cp", "-q", "-r", `${directory}/`, `${root}/${prefix}`),
    list: (prefix) => ladeCommand("ls", "-r", `${root}/${prefix}`),
  };
}

/** s3dlio on the container at `root`, where it is there. Its upload of a tree is none of one level. */
export function s3dlioAt(root: string): readonly Program[] {
  const python = peer("venv", "bin", "python");
  if (python === undefined) return [];
  const run = (code: string, ...args: string[]) => [python, "-c", `import s3dlio, sys\n${code}`, ...args];
  const download = "s3dlio.download(sys.argv[1], sys.argv[2])";
  const directoryOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
  const upload = "s3dlio.upload([sys.argv[1]], sys.argv[2])";
  return [{
    name: "s3dlio",
    get: (key, path) => run(download, `${root}/${key}`, directoryOf(path)),
    put: (path, key) => run(upload, path, `${root}/${directoryOf(key)}/`),
    getTree: (prefix, directory) => run(download, `${root}/${prefix}`, directory),
  }];
}

/** rclone on the container `bench` of its remote `peer`, where it is there. */
export function rclone(): readonly Program[] {
  const program = peer("bin", "rclone");
  if (program === undefined) return [];
  const copy = (from: string, to: string) => [program, "copy", "--transfers", "64", from, to];
  return [{
    name: "rclone",
    get: (key, path) => [program, "copyto", `peer:bench/${key}`, path],
    put: (path, key) => [program, "copyto", path, `peer:bench/${key}`],
    getTree: (prefix, directory) => copy(`peer:bench/${prefix}`, directory),
    putTree: (directory, prefix) => copy(directory, `peer:bench/${prefix}`),
    list: (prefix) => [program, "lsf", "-R", `peer:bench/${prefix}`],
  }];
}
