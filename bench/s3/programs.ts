import { installedLade } from "../installed_lade.ts";
import { peer } from "../peers.ts";

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

const S3 = "s3://bench";

/** The `lade` command of this checkout, as it is installed. */
export async function ladeCommand(...args: readonly string[]): Promise<readonly string[]> {
  return [await installedLade(), ...args];
}

/** A script that uses the library of this checkout: `lade_child.ts`. */
export function ladeChild(...args: readonly string[]): readonly string[] {
  const script = new URL("./lade_child.ts", import.meta.url).pathname;
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", script, ...args];
}

/** Lade. */
export const lade: Program = {
  name: "lade",
  get: (key, path) => ladeCommand("cp", `${S3}/${key}`, path),
  put: (path, key) => ladeCommand("cp", path, `${S3}/${key}`),
  getTree: (prefix, directory) => ladeCommand("cp", "-q", "-r", `${S3}/${prefix}`, `${directory}/`),
  putTree: (directory, prefix) => ladeCommand("cp", "-q", "-r", `${directory}/`, `${S3}/${prefix}`),
  list: (prefix) => ladeCommand("ls", "-r", `${S3}/${prefix}`),
};

/** Lade, reading or writing files past the page cache. */
export const ladeDirect: Program = {
  name: "lade direct://",
  get: (key, path) => ladeCommand("cp", `${S3}/${key}`, `direct://${path}`),
};

/** The peers that are there. */
export function peerPrograms(): Program[] {
  const s5cmd = peer("venv", "bin", "s5cmd");
  const python = peer("venv", "bin", "python");
  const aws = peer("venv", "bin", "aws");
  const rclone = peer("bin", "rclone");
  const programs: Program[] = [];
  if (s5cmd) {
    programs.push({
      name: "s5cmd",
      get: (key, path) => [s5cmd, "cp", `${S3}/${key}`, path],
      put: (path, key) => [s5cmd, "cp", path, `${S3}/${key}`],
      getTree: (prefix, directory) => [s5cmd, "cp", `${S3}/${prefix}*`, `${directory}/`],
      putTree: (directory, prefix) => [s5cmd, "cp", `${directory}/`, `${S3}/${prefix}`],
      list: (prefix) => [s5cmd, "ls", `${S3}/${prefix}*`],
    });
  }
  if (python) {
    const run = (code: string, ...args: string[]) => [python, "-c", `import s3dlio, sys\n${code}`, ...args];
    programs.push({
      name: "s3dlio",
      get: (key, path) =>
        run(
          "s3dlio.download(sys.argv[1], sys.argv[2])",
          `${S3}/${key}`,
          path.slice(0, path.lastIndexOf("/")),
        ),
      put: (path, key) =>
        run(
          "s3dlio.upload([sys.argv[1]], sys.argv[2])",
          path,
          `${S3}/${key.slice(0, key.lastIndexOf("/") + 1)}`,
        ),
      getTree: (prefix, directory) =>
        run("s3dlio.download(sys.argv[1], sys.argv[2])", `${S3}/${prefix}`, directory),
    });
  }
  if (aws) {
    programs.push({
      name: "aws-cli",
      get: (key, path) => [aws, "s3", "cp", "--only-show-errors", `${S3}/${key}`, path],
      put: (path, key) => [aws, "s3", "cp", "--only-show-errors", path, `${S3}/${key}`],
    });
  }
  if (rclone) {
    programs.push({
      name: "rclone",
      get: (key, path) => [rclone, "copyto", `peer:bench/${key}`, path],
      put: (path, key) => [rclone, "copyto", path, `peer:bench/${key}`],
      getTree: (
        prefix,
        directory,
      ) => [rclone, "copy", "--transfers", "64", `peer:bench/${prefix}`, directory],
      putTree: (
        directory,
        prefix,
      ) => [rclone, "copy", "--transfers", "64", directory, `peer:bench/${prefix}`],
      list: (prefix) => [rclone, "lsf", "-R", `peer:bench/${prefix}`],
    });
  }
  return programs;
}
