/** An open file of the system. */
export type SystemFile =
  & Pick<
    Deno.FsFile,
    | "close"
    | "read"
    | "readSync"
    | "seek"
    | "seekSync"
    | "stat"
    | "statSync"
    | "sync"
    | "syncData"
    | "truncate"
    | "tryLock"
    | "utimeSync"
    | "write"
    | "writeSync"
    | typeof Symbol.dispose
  >
  & Partial<Pick<Deno.FsFile, "unlockSync">>;
