import { PLATFORM } from "@lade/core/backend";
import type { Folding } from "./fold_name.ts";
import { escapeFault, nameFault, type NamePlatform } from "./name_fault.ts";
import { encodeName } from "./percent_names.ts";

/** How names become those of files. */
export interface NameRules {
  /** The system of the destination. */
  readonly platform: NamePlatform;
  /** What its file system takes for one name. */
  readonly folding: Folding;
  /** Names of which no file can be made are refused, or written with percent signs. */
  readonly map: NameMapping;
}

/** What becomes of names of which no file can be made. */
export type NameMapping = "refuse" | "percent";

/** The name that an object gets below a local directory, or why it gets none. */
export type LocalName =
  | { readonly name: string; readonly fault?: undefined }
  /** `leadsOut`: a file of that name could lie outside. */
  | { readonly fault: string; readonly leadsOut?: boolean };

/** The rules of this system, where the file system tells all names apart. */
export const PLAIN_RULES: NameRules = {
  platform: PLATFORM,
  folding: { case: false, form: false },
  map: "refuse",
};

/** What is known of a name. */
export interface NameOptions {
  /** It ends in a slash, and is that of a directory, which an object without bytes marks. */
  readonly isDirectory?: boolean;
  /** It comes from a local place, and is that of a file already. */
  readonly isLocal?: boolean;
}

/** Makes the names at a destination, one after the other. */
export interface NameMaker {
  /** There is a name also for an object with bytes whose key ends in a slash. */
  readonly encodes: boolean;
  /** The name at the destination for the next object of a listing. */
  next(name: string, options?: NameOptions): LocalName;
}

/** The name that an object gets below a local directory, whatever else is there. */
export function localNameOf(name: string, rules: NameRules, options: NameOptions = {}): LocalName {
  const { isDirectory = false, isLocal = false } = options;
  const end = isDirectory ? "/" : "";
  const plain = isDirectory ? name.replace(/\/$/, "") : name;
  if (isLocal) return { name: plain + end };
  const mapped = rules.map === "percent" ? encodeName(plain, rules.platform) : plain;
  const escape = escapeFault(mapped);
  if (escape !== undefined) return { fault: escape, leadsOut: true };
  const fault = nameFault(mapped, rules.platform);
  return fault === undefined ? { name: mapped + end } : { fault };
}
