import { nodeModule, type NodeModules } from "@lade/codec/node";
import { NODE_ERRORS } from "./node_errors.ts";
import { NodeFile, seconds } from "./node_file.ts";
import { consoleSize, NodeStandard } from "./node_standard.ts";
import { fileInfo } from "./node_status.ts";
import { pathText, variableOf, workingDirectory } from "./node_text.ts";
import type { System } from "./system_calls.ts";

/** What Node has, in the form of Deno. Errors are Node's own, which have the system's names as codes too. */
export function nodeSystem(): System {
  // A browser has neither, and nothing that asks for a file.
  const process = nodeModule("node:process") as NodeModules["node:process"];
  const fs = nodeModule("node:fs") as NodeModules["node:fs"];
  const bigint = { bigint: true } as const;
  return {
    build: { os: process?.platform === "win32" ? "windows" : process?.platform as typeof Deno.build.os },
    env: { get: (name) => process && variableOf(process.env, name) },
    errors: NODE_ERRORS,
    permissions: {
      querySync: (what) => ({ state: isGranted(process.permission, what) ? "granted" : "denied" }),
    },
    SeekMode: { Start: 0, Current: 1, End: 2 } as typeof Deno.SeekMode,
    pid: process?.pid,
    args: process?.argv.slice(2) ?? [],
    cwd: () => workingDirectory(process, fs),
    chdir: (path) => process.chdir(path as string),
    exit: (code) => process.exit(code),
    addSignalListener: (signal, listener) => void process.on(signal as NodeJS.Signals, listener),
    removeSignalListener: (signal, listener) => void process.off(signal as NodeJS.Signals, listener),
    hostname: () => nodeOs().hostname(),

    stdin: new NodeStandard(0),
    stdout: new NodeStandard(1),
    stderr: new NodeStandard(2),
    noColor: (process?.env.NO_COLOR ?? "") !== "",
    consoleSize,
    inspect: (value) => (nodeModule("node:util") as NodeModules["node:util"]).inspect(value),

    open: (path, options) => NodeFile.open(fs, path, options),
    openSync: (path, options) => NodeFile.openSync(fs, path, options),

    stat: async (path) => fileInfo(await fs.promises.stat(path, bigint)),
    statSync: (path) => fileInfo(fs.statSync(path, bigint)),
    lstat: async (path) => fileInfo(await fs.promises.lstat(path, bigint)),
    lstatSync: (path) => fileInfo(fs.lstatSync(path, bigint)),
    readLink: async (path) => pathText(await fs.promises.readlink(path, "buffer")),
    realPath: async (path) => pathText(await fs.promises.realpath(path, "buffer")),
    realPathSync: (path) => pathText(fs.realpathSync.native(path as string, "buffer")),
    async *readDir(path) {
      for (const entry of await fs.promises.readdir(path, { withFileTypes: true })) {
        yield {
          name: entry.name,
          isFile: entry.isFile(),
          isDirectory: entry.isDirectory(),
          isSymlink: entry.isSymbolicLink(),
        };
      }
    },

    readFile: async (path) => plain(await fs.promises.readFile(path)),
    readFileSync: (path) => plain(fs.readFileSync(path)),
    readTextFile: (path) => fs.promises.readFile(path, "utf8"),
    readTextFileSync: (path) => fs.readFileSync(path, "utf8"),
    async writeTextFile(path, text, { createNew = false, mode } = {}) {
      await fs.promises.writeFile(path, text as string, { flag: createNew ? "wx" : "w", mode });
    },
    async makeTempFile() {
      const path = `${nodeOs().tmpdir()}/${crypto.randomUUID()}`;
      await fs.promises.writeFile(path, "", { flag: "wx", mode: 0o600 });
      return path;
    },
    async copyFile(from, to) {
      await fs.promises.copyFile(from, to);
      // It copies as much as the status says: nothing of a file in /proc.
      if ((await fs.promises.stat(to)).size === 0) {
        await fs.promises.writeFile(to, await fs.promises.readFile(from));
      }
    },
    copyFileSync(from, to) {
      fs.copyFileSync(from, to);
      if (fs.statSync(to).size === 0) fs.writeFileSync(to, fs.readFileSync(from));
    },

    async mkdir(path, options) {
      await fs.promises.mkdir(path, options);
    },
    mkdirSync(path, options) {
      fs.mkdirSync(path, options);
    },
    link: (from, to) => fs.promises.link(from, to),
    linkSync: (from, to) => fs.linkSync(from, to),
    symlink: (leadsTo, path, options) => fs.promises.symlink(leadsTo, path, options?.type),
    rename: (from, to) => fs.promises.rename(from, to),
    renameSync: (from, to) => fs.renameSync(from, to),
    async remove(path, { recursive = false } = {}) {
      if (recursive) return await fs.promises.rm(path, { recursive });
      try {
        await fs.promises.unlink(path);
      } catch (error) {
        if (!mayBeDirectory(error) || !(await fs.promises.lstat(path)).isDirectory()) throw error;
        await fs.promises.rmdir(path);
      }
    },
    removeSync(path, { recursive = false } = {}) {
      if (recursive) return fs.rmSync(path, { recursive });
      try {
        fs.unlinkSync(path);
      } catch (error) {
        if (!mayBeDirectory(error) || !fs.lstatSync(path).isDirectory()) throw error;
        fs.rmdirSync(path);
      }
    },
    chmod: (path, mode) => fs.promises.chmod(path, mode),
    chmodSync: (path, mode) => fs.chmodSync(path, mode),
    chown: (path, uid, gid) => fs.promises.chown(path, uid ?? -1, gid ?? -1),
    utime: (path, atime, mtime) => fs.promises.utimes(path, seconds(atime), seconds(mtime)),
    utimeSync: (path, atime, mtime) => fs.utimesSync(path, seconds(atime), seconds(mtime)),
  };
}

function nodeOs(): NodeModules["node:os"] {
  return nodeModule("node:os") as NodeModules["node:os"];
}

/** Whether Node's model of permissions, where it is switched on, allows something. */
function isGranted(
  permission: NodeModules["node:process"]["permission"],
  what: Deno.PermissionDescriptor,
): boolean {
  const { name, path } = what as { readonly name: string; readonly path?: string };
  return (name !== "read" && name !== "write") || (permission?.has(`fs.${name}`, path) ?? true);
}

/** Whether `unlink` may have failed since it removes no directory: Linux and macOS name that each their way. */
function mayBeDirectory(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EISDIR" || error.code === "EPERM");
}

/** Bytes in an array of its own class, which a `Buffer` is not. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
