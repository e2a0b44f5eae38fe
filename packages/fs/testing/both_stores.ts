import { type DirectStoreOptions, type LocalStore, openDirectStore, openFileStore } from "../mod.ts";
import { makeRoot, type TestRoot } from "./make_root.ts";

/** What a test of both schemes works with. */
export interface BothContext {
  /** The store's directory. */
  readonly root: TestRoot;
  /** The store. */
  readonly store: LocalStore;
  /** Opens another store of the same scheme. */
  readonly open: (root: string, options?: DirectStoreOptions) => Promise<LocalStore>;
}

/**
 * Registers a test twice: for `file://` and for `direct://`. `leaves` says that a call of the system may still be
 * running at its end, since it cannot be called back.
 */
export function testBoth(
  name: string,
  run: (context: BothContext) => Promise<void>,
  options: DirectStoreOptions = {},
  leaves = false,
): void {
  for (const [scheme, open] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
    Deno.test(`${name} (${scheme})`, { ...(leaves && { sanitizeOps: false }) }, async () => {
      await using root = await makeRoot();
      await run({ root, store: await open(root.path, options), open });
    });
  }
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The text of an object. */
export async function textOf(store: LocalStore, key: string): Promise<string> {
  await using result = await store.get(key);
  const target = new Uint8Array(result.range.length);
  await result.readInto(target);
  return new TextDecoder().decode(target);
}

/** The keys of a listing, common prefixes too. */
export async function keysOf(
  listing: AsyncIterable<{ readonly key: string } | { readonly prefix: string }>,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of listing) keys.push("key" in entry ? entry.key : entry.prefix);
  return keys;
}
