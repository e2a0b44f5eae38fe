import { checkSettings, flagType, oneOfType, type Setting, type SettingTable } from "@lade/core/settings";

/**
 * How durable a finished write is. `"none"` leaves it to the system when bytes reach the disk; `"data"` waits for the
 * bytes of the file; `"full"` waits for the file, its directory entry and new directories.
 */
export type SyncMode = "none" | "data" | "full";

/**
 * What symbolic links below the root may do. `"follow-inside"` follows those that stay below it, `"follow"` follows
 * all, `"refuse"` none. A refused link is no object: listings skip it, and a key that leads through it is a
 * `PermissionDeniedError`.
 */
export type SymlinkPolicy = "follow-inside" | "follow" | "refuse";

/** The configuration of a store of local files, complete. */
export interface LocalConfig {
  /**
   * How durable a finished write is; by default `"auto"`, which is `"full"` where checkpoints are kept, and `"none"` elsewhere.
   */
  readonly sync: SyncMode | "auto";
  /** What symbolic links may do; `"follow-inside"` by default. */
  readonly symlinks: SymlinkPolicy;
  /** Whether `direct://` goes through the page cache where a file system refuses O_DIRECT; `false` by default. */
  readonly fallback: boolean;
}

const COMMON: readonly Setting[] = [
  {
    name: "sync",
    type: oneOfType("auto", "none", "data", "full"),
    default: "auto",
    help:
      'what a write waits for before its file is renamed into place: nothing, the data on the disk, or the file, its directory and new directories too; "auto" is "full" for what belongs to [checkpoints](checkpoints.md), else "none"',
  },
  {
    name: "symlinks",
    type: oneOfType("follow-inside", "follow", "refuse"),
    default: "follow-inside",
    help: "links are followed while they stay below the root, wherever they lead, or never",
  },
];

/** Every setting of `file://`. */
export const FILE_SETTINGS: SettingTable = COMMON;

/** Every setting of `direct://`. */
export const DIRECT_SETTINGS: SettingTable = [
  ...COMMON,
  {
    name: "fallback",
    type: flagType,
    default: false,
    help:
      "`direct` only: go through the page cache where O_DIRECT is refused; otherwise that is an `UnsupportedError`",
  },
];

/** Fills in defaults. An unknown name or value is a `TypeError` that lists the known ones. */
export function completeConfig(
  uri: string,
  given: Readonly<Record<string, unknown>>,
  table: SettingTable,
): LocalConfig {
  const found = checkSettings(table, given, `Cannot open ${JSON.stringify(uri)}`);
  const config = DIRECT_SETTINGS.map((row) => [row.name, found.get(row.name)?.value ?? row.default]);
  return Object.fromEntries(config) as LocalConfig;
}
