/**
 * Drops names that a listing repeats, within a page or on the next one, in whatever order it lists. Keeps the names of
 * two pages. Names that ascend cost one comparison each.
 */
export class RepeatGuard {
  #greatest: string | undefined;
  #before: readonly string[] = [];

  /** The entries of the next page that are new; the page itself where all are. */
  fresh<T>(page: readonly T[], nameOf: (entry: T) => string): readonly T[] {
    const names = page.map(nameOf);
    let seen: Set<string> | undefined;
    const repeats = new Set<number>();
    for (const [at, name] of names.entries()) {
      if (this.#greatest === undefined || name > this.#greatest) this.#greatest = name;
      else {
        seen ??= new Set([...this.#before, ...names.slice(0, at)]);
        if (seen.has(name)) repeats.add(at);
      }
      seen?.add(name);
    }
    this.#before = names;
    return repeats.size === 0 ? page : page.filter((_, at) => !repeats.has(at));
  }
}
