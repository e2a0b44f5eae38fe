import type { SystemFile } from "./system_file.ts";
import type { SystemInput, SystemOutput } from "./system_stream.ts";

/** Names of kinds of errors. */
export type SystemErrorName =
  | "AddrInUse"
  | "AlreadyExists"
  | "BrokenPipe"
  | "ConnectionAborted"
  | "ConnectionReset"
  | "FilesystemLoop"
  | "IsADirectory"
  | "NotADirectory"
  | "NotCapable"
  | "NotFound"
  | "PermissionDenied";

/** Names of what Deno does for files and processes. */
export type SystemCall =
  | "addSignalListener"
  | "args"
  | "chdir"
  | "chmod"
  | "chmodSync"
  | "chown"
  | "consoleSize"
  | "copyFile"
  | "copyFileSync"
  | "cwd"
  | "exit"
  | "hostname"
  | "inspect"
  | "link"
  | "linkSync"
  | "lstat"
  | "lstatSync"
  | "makeTempFile"
  | "mkdir"
  | "mkdirSync"
  | "noColor"
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
  | "removeSignalListener"
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
export interface System extends Pick<typeof Deno, SystemCall> {
  /** Which system it is. */
  readonly build: Pick<typeof Deno.build, "os">;
  /** The environment of the process. */
  readonly env: Pick<typeof Deno.env, "get">;
  /** The kinds of errors, for `instanceof`. */
  readonly errors: Readonly<Record<SystemErrorName, ErrorKind>>;
  /** What the process may do. */
  readonly permissions: { querySync(what: Deno.PermissionDescriptor): Pick<Deno.PermissionStatus, "state"> };
  /** From where `seek` counts. */
  readonly SeekMode: typeof Deno.SeekMode;
  /** Standard input. */
  readonly stdin: SystemInput;
  /** Standard output. */
  readonly stdout: SystemOutput;
  /** Standard error. */
  readonly stderr: SystemOutput;
  /** Opens a file, for reading unless the options say more. */
  open(path: string, options?: Deno.OpenOptions): Promise<SystemFile>;
  /** The same, synchronously. */
  openSync(path: string, options?: Deno.OpenOptions): SystemFile;
}
