/**
 * Files and processes, on Deno and on Node.
 *
 * @module
 */
import type { SystemFile } from "./system_file.ts";
import { nodeSystem } from "./node_system.ts";

export { errorCode } from "./error_code.ts";
export { whyNoLocks } from "./node_lock.ts";
export type { SystemFile } from "./system_file.ts";

type Errors =
  | "AlreadyExists"
  | "BrokenPipe"
  | "FilesystemLoop"
  | "IsADirectory"
  | "NotADirectory"
  | "NotCapable"
  | "NotFound"
  | "PermissionDenied";

type Calls =
  | "chmod"
  | "chmodSync"
  | "chown"
  | "copyFile"
  | "copyFileSync"
  | "cwd"
  | "hostname"
  | "link"
  | "linkSync"
  | "lstat"
  | "lstatSync"
  | "makeTempFile"
  | "mkdir"
  | "mkdirSync"
  | "pid"
  | "readDir"
  | "readFile"
  | "readFileSync"
  | "readLink"
  | "readTextFile"
  | "readTextFileSync"
  | "realPath"
  | "realPathSync"
  | "remove"
  | "removeSync"
  | "rename"
  | "renameSync"
  | "stat"
  | "statSync"
  | "symlink"
  | "utime"
  | "utimeSync"
  | "writeTextFile";

/** A kind of errors. */
export type ErrorKind = new (message?: string) => Error;

/** What is asked of the system, by the names and meanings that Deno gives it. */
export interface System extends Pick<typeof Deno, Calls> {
  /** Which system it is. */
  readonly build: Pick<typeof Deno.build, "os">;
  /** The environment of the process. */
  readonly env: Pick<typeof Deno.env, "get">;
  /** The kinds of errors, for `instanceof`. */
  readonly errors: Readonly<Record<Errors, ErrorKind>>;
  /** What the process may do. */
  readonly permissions: { querySync(what: Deno.PermissionDescriptor): Pick<Deno.PermissionStatus, "state"> };
  /** From where `seek` counts. */
  readonly SeekMode: typeof Deno.SeekMode;
  /** Opens a file, for reading unless the options say more. */
  open(path: string, options?: Deno.OpenOptions): Promise<SystemFile>;
  /** The same, synchronously. */
  openSync(path: string, options?: Deno.OpenOptions): SystemFile;
}

/**
 * Files and processes: Deno itself, and elsewhere what Node has, in the same form. Modules of Node are loaded there alone. What
 * is asked of the system for files goes by this; whatever has another way without Deno asks whether there is one.
 */
export const system: System = typeof Deno === "undefined" ? nodeSystem() : Deno;
