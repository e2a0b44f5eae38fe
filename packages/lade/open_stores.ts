import type { ObjectStore, StoreFigures } from "@lade/core";
import { sumFigures } from "@lade/core/backend";

/** The stores that a `Lade` has opened, each once. */
export class OpenStores implements AsyncDisposable {
  readonly #opening = new Map<string, Promise<ObjectStore>>();
  readonly #open = new Set<ObjectStore>();

  /** The store of a name, which `open` opens where there is none; what failed is tried again by the next call. */
  async get(name: string, open: () => Promise<ObjectStore>): Promise<ObjectStore> {
    let opening = this.#opening.get(name);
    if (!opening) {
      opening = open();
      this.#opening.set(name, opening);
      opening.then((store) => {
        if (this.#opening.get(name) === opening) this.#open.add(store);
      }, () => this.#opening.delete(name));
    }
    return await opening;
  }

  /** Those that are open. */
  get all(): readonly ObjectStore[] {
    return [...this.#open];
  }

  /** What all of them have done so far. */
  get figures(): StoreFigures {
    return sumFigures([...this.#open].flatMap((store) => store.figures?.() ?? []));
  }

  /** Closes all of them; later calls open them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#opening.values()];
    this.#opening.clear();
    this.#open.clear();
    await Promise.all(all.map(async (opening) => (await opening.catch(() => {}))?.[Symbol.asyncDispose]()));
  }
}
