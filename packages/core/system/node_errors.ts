import type { ErrorKind, System } from "./system_calls.ts";

/** Kinds of errors, told by the code that Node gives an error of the system. */
export const NODE_ERRORS: System["errors"] = {
  AddrInUse: kindOf("EADDRINUSE"),
  AlreadyExists: kindOf("EEXIST"),
  BrokenPipe: kindOf("EPIPE"),
  ConnectionAborted: kindOf("ECONNABORTED"),
  ConnectionReset: kindOf("ECONNRESET"),
  FilesystemLoop: kindOf("ELOOP"),
  IsADirectory: kindOf("EISDIR"),
  NotADirectory: kindOf("ENOTDIR"),
  NotCapable: kindOf("ERR_ACCESS_DENIED"),
  NotFound: kindOf("ENOENT"),
  PermissionDenied: kindOf("EACCES", "EPERM"),
};

function kindOf(...codes: readonly string[]): ErrorKind {
  return class extends Error {
    static override [Symbol.hasInstance](error: unknown): boolean {
      return error instanceof Error && "code" in error && codes.includes(error.code as string);
    }
  };
}
