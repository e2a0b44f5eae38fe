/** A place in a {@linkcode LinkedList}. */
export interface Link<T> {
  /** What is there. */
  readonly item: T;
  /** Whether it has not left. */
  isIn: boolean;
  /** The place of the one that came before. */
  previous: Link<T> | undefined;
  /** The place of the one that came after. */
  next: Link<T> | undefined;
}

/**
 * What is there for a while, in the order in which it came. It keeps nothing of what has left.
 *
 * A `Set` or `Map` that many pass through does: whenever its table is made anew, V8 has the old one point to the next. Once
 * one of them has grown old, all later ones live until a full collection, and with them what was in each at its end.
 */
export class LinkedList<T> implements Iterable<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  /** How many are there. */
  get size(): number {
    return this.#size;
  }

  /** The place of the one that came first. */
  get first(): Link<T> | undefined {
    return this.#first;
  }

  /** Adds one, and gives its place. */
  add(item: T): Link<T> {
    const link: Link<T> = { item, isIn: true, previous: this.#last, next: undefined };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    this.#size++;
    return link;
  }

  /** Removes what is at a place of this list; does nothing where it has left. */
  remove(link: Link<T>): void {
    if (!link.isIn) return;
    const { previous, next } = link;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    link.isIn = false;
    link.previous = link.next = undefined;
    this.#size--;
  }

  /** Those that are there now, but for those that leave before their turn. */
  *[Symbol.iterator](): Generator<T, void, void> {
    const all: Link<T>[] = [];
    for (let link = this.#first; link; link = link.next) all.push(link);
    for (const link of all) if (link.isIn) yield link.item;
  }
}
