import { type Mishap, Mutations } from "./crashing_store.ts";

/** Tries a mishap at each call, one after the other; gives the calls there were. */
export async function sweep(
  mishap: Mishap,
  round: (at: number, mutations: Mutations) => Promise<void>,
): Promise<number> {
  for (let at = 0;; at++) {
    const mutations = new Mutations(at, mishap);
    await round(at, mutations);
    if (!mutations.hasHappened) return at;
  }
}
