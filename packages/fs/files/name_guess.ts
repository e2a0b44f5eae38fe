/** Directories that are remembered. */
const MOST_DIRECTORIES = 1000;

/**
 * Guesses whether a name is taken by whether the one before it was: trees are written to new names, or over old ones. A look
 * at a name that nothing has costs ten times as much as one at a name that is taken, for Deno makes an error of it. So it
 * remembers also which directories tell apart names that differ in case or form.
 */
export class NameGuess {
  /** Whether the last name that was tried or looked at was taken. */
  isTaken = false;
  readonly #exact = new Map<string, boolean>();

  /** Whether a directory is known to tell names apart by case, and where `withForms` by normal form too. */
  isExact(directory: string, withForms: boolean): boolean {
    const known = this.#exact.get(directory);
    return known !== undefined && (known || !withForms);
  }

  /** A directory told names apart. */
  addExact(directory: string, withForms: boolean): void {
    if (this.#exact.size >= MOST_DIRECTORIES) this.#exact.clear();
    this.#exact.set(directory, withForms || this.#exact.get(directory) === true);
  }
}
