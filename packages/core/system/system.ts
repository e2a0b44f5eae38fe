/**
 * Files and processes, on Deno and on Node.
 *
 * @module
 */
export { closeLocked } from "./close_locked.ts";
export { errorCode } from "./error_code.ts";
export { errorWords } from "./error_words.ts";
export { whyNoLocks } from "./node_lock.ts";
export { runtimeName } from "./runtime_name.ts";
export { system } from "./runtime_system.ts";
export type { ErrorKind, System, SystemCall, SystemErrorName } from "./system_calls.ts";
export type { SystemFile } from "./system_file.ts";
export type { SystemInput, SystemOutput } from "./system_stream.ts";
export { uncaughtErrors } from "./uncaught.ts";
export { listenUnix, type UnixConnection, type UnixListener } from "./unix_listener.ts";
