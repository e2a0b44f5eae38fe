/**
 * Files and processes, on Deno and on Node.
 *
 * @module
 */
import { nodeSystem } from "./node_system.ts";
import type { System } from "./system_calls.ts";

export { errorCode } from "./error_code.ts";
export { whyNoLocks } from "./node_lock.ts";
export { runtimeName } from "./runtime_name.ts";
export type { ErrorKind, System, SystemCall, SystemErrorName } from "./system_calls.ts";
export type { SystemFile } from "./system_file.ts";
export type { SystemInput, SystemOutput } from "./system_stream.ts";
export { uncaughtErrors } from "./uncaught.ts";
export { listenUnix, type UnixConnection, type UnixListener } from "./unix_listener.ts";

/**
 * Files and processes: Deno itself, and elsewhere what Node has, in the same form. Modules of Node are loaded there alone. What
 * is asked of the system for files goes by this; whatever has another way without Deno asks whether there is one.
 */
export const system: System = typeof Deno === "undefined" ? nodeSystem() : Deno;
