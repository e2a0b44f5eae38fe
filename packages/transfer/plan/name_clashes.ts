import { compareKeys } from "@lade/core/backend";
import { isCompressed } from "./conversion.ts";

/**
 * Finds objects of a tree that would get the same name: `a` and `a.zst` when compressed or decompressed, `a` and
 * `a.rclonelink` where the latter becomes a link. It is shown the keys of a listing in order, and holds only those whose
 * partner may still come.
 */
export class NameClashes {
  readonly #ending: string;
  readonly #hasEnding: (key: string) => boolean;
  #awaited: { readonly partner: string; readonly key: string }[] = [];

  /** Looks for pairs that differ by an ending; `.zst` by default. */
  constructor(ending = ".zst", hasEnding: (key: string) => boolean = isCompressed) {
    this.#ending = ending;
    this.#hasEnding = hasEnding;
  }

  /** Takes the next key of the listing. Returns the earlier one that clashes with it, if any. */
  find(key: string): string | undefined {
    this.#awaited = this.#awaited.filter(({ partner }) => compareKeys(partner, key) >= 0);
    if (this.#hasEnding(key)) return this.#awaited.find(({ partner }) => partner === key)?.key;
    this.#awaited.push({ partner: key + this.#ending, key });
    return undefined;
  }
}
