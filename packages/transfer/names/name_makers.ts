import {
  type LocalName,
  localNameOf,
  type NameMaker,
  type NameOptions,
  type NameRules,
  PLAIN_RULES,
} from "./local_names.ts";
import { NameHashes } from "./name_hashes.ts";
import { createClashes, type PathClashes } from "./path_clashes.ts";
import { decodeName } from "./percent_names.ts";

/** Makes names of files of the names of a listing, and finds those that cannot be there together. */
export class LocalNames implements NameMaker {
  readonly #rules: NameRules;
  readonly #clashes: PathClashes;

  /** Nothing is named yet. */
  constructor(rules: NameRules = PLAIN_RULES) {
    this.#rules = rules;
    this.#clashes = createClashes(rules.folding);
  }

  /** With percent signs, every name but the empty one has a form. */
  get encodes(): boolean {
    return this.#rules.map === "percent";
  }

  /** The name of the file, or directory, for the next object. */
  next(name: string, options: NameOptions = {}): LocalName {
    const made = localNameOf(name, this.#rules, options);
    const clash = made.fault === undefined ? this.#clashes.take(made.name) : undefined;
    return clash === undefined ? made : { fault: clash };
  }
}

/**
 * Makes keys of names of files that were written with percent signs. It holds 16 to 32 bytes for each name, for two may
 * come to one key: `a%5Cb`, and `a\\b` where a file has that name.
 */
export class DecodedNames implements NameMaker {
  /** A key may be anything. */
  readonly encodes = true;
  readonly #taken = new NameHashes();

  /** The key for the next file. */
  next(name: string): LocalName {
    const decoded = decodeName(name);
    return this.#taken.add(decoded)
      ? { name: decoded }
      : { fault: "a file before it has its name when both are decoded" };
  }
}
