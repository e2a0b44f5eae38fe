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
  /** How durable a finished write is; `"none"` by default. */
  readonly sync: SyncMode;
  /** What symbolic links may do; `"follow-inside"` by default. */
  readonly symlinks: SymlinkPolicy;
  /** Whether `direct://` goes through the page cache where a file system refuses O_DIRECT; `false` by default. */
  readonly fallback: boolean;
}

/** The configuration `file://` knows. */
export const FILE_CONFIG = ["sync", "symlinks"] as const;

/** The configuration `direct://` knows. */
export const DIRECT_CONFIG = ["sync", "symlinks", "fallback"] as const;

const DEFAULTS: LocalConfig = { sync: "none", symlinks: "follow-inside", fallback: false };

const CHOICES: { readonly [Name in keyof LocalConfig]: readonly LocalConfig[Name][] } = {
  sync: ["none", "data", "full"],
  symlinks: ["follow-inside", "follow", "refuse"],
  fallback: [false, true],
};

/** Fills in defaults. An unknown name or value is a `TypeError` that lists the known ones. */
export function completeConfig(
  uri: string,
  given: Readonly<Record<string, unknown>>,
  names: readonly (keyof LocalConfig)[],
): LocalConfig {
  const subject = `Cannot open ${JSON.stringify(uri)}`;
  for (const [name, value] of Object.entries(given)) {
    const known = names.find((known) => known === name);
    if (known === undefined) {
      throw new TypeError(
        `${subject}: unknown configuration ${JSON.stringify(name)}, known are ${names.join(", ")}`,
      );
    }
    const choices: readonly unknown[] = CHOICES[known];
    if (value !== undefined && !choices.includes(value)) {
      const allowed = choices.map((choice) => JSON.stringify(choice)).join(" or ");
      throw new TypeError(`${subject}: ${known} is ${JSON.stringify(value)}, ${allowed} is needed`);
    }
  }
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(defined) };
}
