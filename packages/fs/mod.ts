/**
 * Local files as objects: `file://` through the page cache, and `direct://` past it by O_DIRECT.
 *
 * A store is rooted at a directory. The key of a file is its path below it; a key has no empty, `.` or `..` segment, none
 * over 255 bytes, and none that looks like an unfinished write. Directories are no objects: they are made when a write
 * needs them, an empty one is never listed, and deleting the last file in one leaves it. Files whose names are not
 * valid UTF-8 have no key and are not listed.
 *
 * Writes go to a hidden file in the same directory (`.lade-`, 16 hexadecimal digits, `-`, process number, `~tmp`), which
 * is checked, brought to the disk as the configuration `sync` asks, and then renamed: readers see the old object or
 * the new one, and a killed process leaves the old one whole. {@linkcode sweepTemporaries} removes what it left.
 *
 * An etag is made of size, time of change and file number. Deno has times in whole milliseconds; so every write is
 * dated at least one later than the file it replaces. What other programs write in place, within one millisecond and
 * to the same size, cannot be distinguished.
 *
 * Conditions (`ifMatch`, `ifNoneMatch: "*"`) hold against every write by the same store, and against conditional
 * writes by other stores and processes, by a lock (`flock`) on the object itself; an unconditional write of another
 * process is not held off.
 *
 * Needs `--allow-read` and `--allow-write` of the root, and nothing else.
 *
 * @module
 */
export type { LocalStore } from "./store/local_store.ts";
export type { LocalConfig, SymlinkPolicy, SyncMode } from "./names/local_config.ts";
export { type FileStoreOptions, openFileStore } from "./store/open_file_store.ts";
export { type DirectStoreOptions, openDirectStore } from "./store/open_direct_store.ts";
export { directProvider, fileProvider } from "./local_provider.ts";
export { type SweepOptions, sweepTemporaries, type SweptFile } from "./sweep_temporaries.ts";
