import {
  AlreadyExistsError,
  type CallName,
  InvalidNameError,
  NotEmptyError,
  NotFoundError,
  PermissionDeniedError,
  QuotaExceededError,
  ServiceError,
  type StoreError,
  type StoreErrorOptions,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/backend";
import { errorCode, errorWords, system } from "@lade/core/system";

export { errorCode };

/** The code of a file that cannot be opened with O_DIRECT; the system says no more than EINVAL. */
export const NO_DIRECT = "ENODIRECT";

interface Meaning {
  readonly type: new (options: StoreErrorOptions) => StoreError;
  readonly detail: string;
  readonly advice?: string;
}

/**
 * What each error of the system means to a caller. Any other one is a `ServiceError` in the system's words. See
 * errno(3).
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { type: NotFoundError, detail: "no such file or directory" },
  ENOTDIR: { type: NotFoundError, detail: "part of its path is a file" },
  EISDIR: { type: InvalidNameError, detail: "a directory has this name" },
  ENAMETOOLONG: { type: InvalidNameError, detail: "the path is longer than the file system takes" },
  ELOOP: { type: InvalidNameError, detail: "too many symbolic links lie on the path, perhaps in a circle" },
  EILSEQ: { type: InvalidNameError, detail: "it leads to a name that is not UTF-8", advice: "rename that" },
  EEXIST: { type: AlreadyExistsError, detail: "the name is taken" },
  ENOTEMPTY: { type: NotEmptyError, detail: "the directory is not empty" },
  EACCES: {
    type: PermissionDeniedError,
    detail: "the system denies access",
    advice: "check owner and mode of the file and of its directories",
  },
  EPERM: {
    type: PermissionDeniedError,
    detail: "the system does not permit it",
    advice: "check owner, mode and attributes of the file",
  },
  EROFS: { type: PermissionDeniedError, detail: "the file system is mounted read-only" },
  ENOSPC: { type: QuotaExceededError, detail: "the disk is full" },
  EDQUOT: { type: QuotaExceededError, detail: "the disk quota is used up" },
  EFBIG: { type: QuotaExceededError, detail: "the file is larger than the file system takes" },
  EMFILE: {
    type: UnavailableError,
    detail: "too many files are open in this process",
    advice: 'raise "ulimit -n" or lower the concurrency',
  },
  ENFILE: { type: UnavailableError, detail: "too many files are open in the system" },
  EBUSY: { type: UnavailableError, detail: "the system is using it" },
  ETIMEDOUT: { type: UnavailableError, detail: "the file server did not answer in time" },
  ESTALE: { type: UnavailableError, detail: "the file server no longer knows the file, it was replaced" },
  EIO: {
    type: ServiceError,
    detail: "the disk reports an input/output error",
    advice: "see the system's log",
  },
  EPIPE: { type: ServiceError, detail: "its reader has gone" },
  ENXIO: { type: InvalidNameError, detail: "there is no such device, or nothing that reads it" },
  ENODEV: { type: InvalidNameError, detail: "there is no such device" },
  EXDEV: { type: ServiceError, detail: "the names lie on different file systems" },
  ENOSYS: { type: UnsupportedError, detail: "the file system cannot do this" },
  ENOTSUP: { type: UnsupportedError, detail: "the file system cannot do this" },
  EOPNOTSUPP: { type: UnsupportedError, detail: "the file system cannot do this" },
  [NO_DIRECT]: {
    type: UnsupportedError,
    detail: "its file system does not take O_DIRECT",
    advice: "use file:// or the configuration fallback: true to go through the page cache",
  },
};

const CAPABILITY = /^Requires (\w+) access to ("[\s\S]*?"|\S+)/;

/** Turns an error of a file operation into a `StoreError`; anything else, such as the reason of a signal, stays. */
export function fileError(error: unknown, subject: CallName, signal?: AbortSignal): unknown {
  if (!(error instanceof Error) || (signal?.aborted && error === signal.reason)) return error;
  const refused = refusedAccess(error);
  if (refused) return new PermissionDeniedError({ ...subject, ...told(refused), cause: error });
  const code = errorCode(error);
  if (code === undefined || "operation" in error) return error;
  const meaning = MEANINGS[code];
  if (meaning) {
    const { advice, detail, type } = meaning;
    return new type({ ...subject, detail, advice, cause: error });
  }
  return new ServiceError({ ...subject, detail: errorWords(error), cause: error });
}

/** What the runtime does not let this process do. */
export interface RefusedAccess {
  readonly runtime: "Deno" | "Node";
  /** `read`, `write`, or `all` where Deno wants every permission. */
  readonly kind: string;
  readonly path: string;
}

/** What the runtime refuses, where an error is about its permissions. */
export function refusedAccess(error: unknown): RefusedAccess | undefined {
  if (!isNotCapable(error)) return undefined;
  if (typeof error.permission === "string") {
    const kind = error.permission === "FileSystemWrite" ? "write" : "read";
    return { runtime: "Node", kind, path: JSON.stringify(error.resource) };
  }
  const [, kind = "read", path = "the file"] = CAPABILITY.exec(error.message) ?? [];
  return { runtime: "Deno", kind, path };
}

function isNotCapable(error: unknown): error is Error & { permission?: unknown; resource?: unknown } {
  return error instanceof system.errors.NotCapable;
}

function told({ runtime, kind, path }: RefusedAccess): { readonly detail: string; readonly advice?: string } {
  if (kind === "all") {
    return {
      detail:
        `Deno may not reach ${path}: what lies in /dev, /proc or /sys, such as /dev/shm, it wants --allow-all for`,
    };
  }
  const flag = runtime === "Node" ? `--allow-fs-${kind}` : `--allow-${kind}`;
  return {
    detail: `${runtime} may not ${kind} ${path}`,
    advice: runtime === "Node" ? `run it with ${flag}=PATH` : `run it with ${flag} or ${flag}=PATH`,
  };
}
