import { compareKeys } from "@lade/core/backend";
import { isCompressed } from "./conversion.ts";

/**
 * Finds objects of a tree that would get the same name when compressed or decompressed: `a` and `a.zst`. It is shown
 * the keys of a listing in order, and holds only those whose partner may still come.
 */
export class NameClashes {
  #awaited: { readonly partner: string; readonly key: string }[] = [];

  /** Takes the next key of the listing. Returns the earlier one that clashes with it, if any. */
  find(key: string): string | undefined {
    this.#awaited = this.#awaited.filter(({ partner }) => compareKeys(partner, key) >= 0);
    const clash = this.#awaited.find(({ partner }) => partner === key)?.key;
    if (!isCompressed(key)) this.#awaited.push({ partner: `${key}.zst`, key });
    return clash;
  }
}
