/**
 * Built-in modules of Node.
 *
 * @module
 */
import type * as childProcess from "node:child_process";
import type * as fs from "node:fs";
import type * as net from "node:net";
import type * as os from "node:os";
import type * as process from "node:process";
import type * as tty from "node:tty";
import type * as util from "node:util";

/** The modules of Node that are asked for. */
export interface NodeModules {
  /** Programs that are run. */
  readonly "node:child_process": Pick<typeof childProcess, "spawn">;
  /** Digests. */
  readonly "node:crypto": {
    createHash(name: string): { update(bytes: Uint8Array): unknown; digest(encoding: "base64"): string };
  };
  /** Files. */
  readonly "node:fs": typeof fs;
  /** Sockets. */
  readonly "node:net": Pick<typeof net, "createServer">;
  /** The system. */
  readonly "node:os": Pick<typeof os, "constants" | "hostname" | "tmpdir">;
  /** This process: CPU time in microseconds, where it tells. */
  readonly "node:process":
    & Pick<
      typeof process,
      | "arch"
      | "argv"
      | "chdir"
      | "cwd"
      | "env"
      | "exit"
      | "off"
      | "on"
      | "permission"
      | "pid"
      | "platform"
      | "stderr"
      | "stdin"
      | "stdout"
      | "versions"
    >
    & {
      cpuUsage?(): { readonly user: number; readonly system: number };
      threadCpuUsage?(): { readonly user: number; readonly system: number };
    };
  /** Terminals. */
  readonly "node:tty": Pick<typeof tty, "isatty" | "WriteStream">;
  /** Values in words. */
  readonly "node:util": Pick<typeof util, "inspect">;
  /** Threads, where there is no `Worker`. */
  readonly "node:worker_threads": {
    readonly Worker: new (program: URL, options: { readonly name: string }) => {
      on(event: "message" | "error", listener: (value: unknown) => void): unknown;
      postMessage(message: unknown, transfer: Transferable[]): void;
      terminate(): unknown;
    };
  };
  /** CRC-32 of the system. */
  readonly "node:zlib": { crc32(bytes: Uint8Array, previous: number): number };
}

interface Host {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
}

/** A built-in module of Node, loaded when it is first needed; `undefined` where the runtime has none. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  return (globalThis as Host).process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}
