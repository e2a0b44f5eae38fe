/** Whether the etags of a service are MD5 sums, as its answers have shown: once they were, they are held to it. */
export class Md5Habit {
  #are: boolean | undefined;

  /** Takes note of an etag that was or was not the sum it should be, and says whether that is a fault. */
  differs(matches: boolean): boolean {
    if (!matches && this.#are) return true;
    this.#are ??= matches;
    return false;
  }

  /** Whether they are MD5 sums; `undefined` until an answer has shown it. */
  get are(): boolean | undefined {
    return this.#are;
  }

  /** Whether there is any use in a further sum. */
  get mayTell(): boolean {
    return this.#are !== false;
  }
}
