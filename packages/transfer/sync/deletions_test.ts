import type { Capabilities, DeleteOptions, DeleteResult, ObjectStore, ObjectToDelete } from "@lade/core";
import { PreconditionFailedError, UnsupportedError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { MemoryStore } from "@lade/core/memory";
import { assert, assertEquals } from "@std/assert";
import type { Place } from "../places/place.ts";
import type { Deletion } from "./deletion.ts";
import { deleteListed } from "./deletions.ts";

/** A store that holds no condition on deletions, and says so at once or when it is asked. */
class Unconditional extends ForwardingStore {
  override readonly capabilities: Capabilities;
  readonly deleted: string[] = [];

  constructor(below: ObjectStore, support: false | "unknown") {
    super(below);
    this.capabilities = { ...below.capabilities, conditionalDelete: support };
  }

  override async delete(key: string, options: DeleteOptions = {}): Promise<void> {
    if (options.ifMatch !== undefined && options.ifIgnored !== "look") throw this.#refusal(key);
    await this.below.delete(key, options);
    this.deleted.push(key);
  }

  override async *deleteMany(
    objects: Iterable<string | ObjectToDelete> | AsyncIterable<string | ObjectToDelete>,
  ): AsyncGenerator<DeleteResult> {
    for await (const object of objects) {
      assert(typeof object !== "string" && object.ifMatch !== undefined, "deleted without a condition");
      yield { key: object.key, error: this.#refusal(object.key) };
    }
  }

  #refusal(key: string): UnsupportedError {
    return new UnsupportedError({
      operation: "delete",
      uri: `memory://m/${key}`,
      detail: "no conditions here",
    });
  }
}

async function listedIn(store: ObjectStore): Promise<Deletion[]> {
  const found: Deletion[] = [];
  for await (const listed of store.list()) {
    const place: Place = {
      store,
      key: listed.key,
      uri: `memory://m/${listed.key}`,
      uriOf: (key) => `memory://m/${key}`,
    };
    found.push({ remove: place, name: listed.key, listed });
  }
  return found;
}

for (const support of [true, false, "unknown"] as const) {
  Deno.test(`deleteListed() deletes only what was listed, where conditions are held: ${support}`, async () => {
    await using below = new MemoryStore();
    const store = support === true ? below : new Unconditional(below, support);
    for (const key of ["a", "b", "c", "d"]) await below.put(key, new TextEncoder().encode(key));
    const deletions = await listedIn(store);
    await below.put("b", new TextEncoder().encode("by somebody else"));
    await below.delete("c");
    const told: [string, string | undefined][] = [];
    await deleteListed(store, deletions, new AbortController().signal, ({ name }, error) => {
      told.push([name, error?.name]);
      return Promise.resolve();
    });
    assertEquals(told.sort(), [
      ["a", undefined],
      ["b", PreconditionFailedError.name],
      ["c", undefined],
      ["d", undefined],
    ]);
    assertEquals((await Array.fromAsync(below.list())).map(({ key }) => key), ["b"]);
    if (store instanceof Unconditional) assertEquals(store.deleted.includes("b"), false);
  });
}
