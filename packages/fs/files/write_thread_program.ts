import type * as fs from "node:fs";

/** What a thread is asked to do. */
export type WriteOrder =
  | {
    readonly type: "write";
    readonly id: number;
    /** The file, by a number that no other one has. */
    readonly file: number;
    /** Where it is, and which it is: nothing else is written to. */
    readonly path: string;
    readonly dev: number;
    readonly ino: number;
    /** Shared memory that nobody changes before the reply. */
    readonly bytes: Uint8Array;
    readonly position: number;
  }
  | { readonly type: "close"; readonly file: number };

/** What a thread says once it runs, and of each write: how many bytes it wrote, none where it could not. */
export type WriteReply = { readonly type: "ready" } | {
  readonly type: "wrote";
  readonly id: number;
  readonly count: number;
};

/** The global object of a thread, as far as its program uses it. */
export interface WriteScope {
  onmessage: ((event: { readonly data: WriteOrder }) => void) | null;
  postMessage(reply: WriteReply): void;
}

/** The calls that it makes. */
export type WriteCalls = Pick<typeof fs, "openSync" | "fstatSync" | "writeSync" | "closeSync">;

/**
 * What a thread runs. Its text is sent there, so it uses nothing from outside but its parameters. It decides nothing: what it
 * cannot write is left to who asked, the error with it.
 */
export function writeThreadProgram(scope: WriteScope, calls: WriteCalls, flags: number): void {
  const descriptors = new Map<number, number>();
  const open = (path: string, dev: number, ino: number) => {
    const fd = calls.openSync(path, flags);
    const status = calls.fstatSync(fd);
    if (status.dev === dev && status.ino === ino) return fd;
    calls.closeSync(fd);
    return undefined;
  };
  scope.onmessage = ({ data }) => {
    let fd = descriptors.get(data.file);
    if (data.type === "close") {
      descriptors.delete(data.file);
      if (fd !== undefined) calls.closeSync(fd);
      return;
    }
    let count = 0;
    try {
      fd ??= open(data.path, data.dev, data.ino);
      if (fd !== undefined) {
        descriptors.set(data.file, fd);
        count = calls.writeSync(fd, data.bytes, 0, data.bytes.length, data.position);
      }
    } catch {
      // Who asked finds it, too.
    }
    scope.postMessage({ type: "wrote", id: data.id, count });
  };
  scope.postMessage({ type: "ready" });
}
