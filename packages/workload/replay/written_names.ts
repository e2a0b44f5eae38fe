/**
 * By which name the content of each object was generated: its own key, unless it was copied. Holds the keys of what was
 * copied, and no others.
 */
export class WrittenNames {
  readonly #names = new Map<string, string>();

  /** The name of the content at a URI, whose key is `key`. */
  nameOf(uri: string, key: string): string {
    return this.#names.get(uri) ?? key;
  }

  /** An object was written by its own key, or is gone. */
  forget(uri: string): void {
    this.#names.delete(uri);
  }

  /** An object has content of that name now. */
  set(uri: string, name: string): void {
    this.#names.set(uri, name);
  }
}
