import type { ObjectMeta, ObjectStore } from "@lade/core";
import type { Place } from "../places/place.ts";
import type { Listed } from "./difference.ts";

/** An object as its listing has it; its URI is made when somebody asks for it. */
export class ListedObject implements Listed {
  readonly store: ObjectStore;
  readonly key: string;
  readonly meta: ObjectMeta;
  /** The URI of the place, with which its own begins. */
  readonly within: string;
  readonly #uriOf: Place["uriOf"];
  #uri: string | undefined;

  /** One that was listed in a place. */
  constructor({ store, uri, uriOf }: Place, meta: ObjectMeta) {
    this.store = store;
    this.key = meta.key;
    this.meta = meta;
    this.within = uri;
    this.#uriOf = uriOf;
  }

  get uri(): string {
    return this.#uri ??= this.#uriOf(this.key);
  }
}
