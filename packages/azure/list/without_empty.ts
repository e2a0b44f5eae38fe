import {
  atMost,
  checkListOptions,
  type CommonPrefix,
  type ListOptions,
  type ObjectMeta,
} from "@lade/core/backend";
import type { AzureTarget } from "../client/azure_target.ts";
import { listBlobs } from "./list_blobs.ts";

/** Directories that are looked into at the same time. */
const LOOKS_IN_FLIGHT = 16;

/**
 * Lists one level without the directories that hold no object, at any depth: where the account has directories, each is looked
 * into by a request of its own.
 */
export function listLevel(
  target: AzureTarget,
  prefix: string,
  given: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  if (target.traits.hasDirectories === false) return listBlobs(target, prefix, given, "/");
  return atMost(withoutEmpty(target, prefix, given), given.limit);
}

async function* withoutEmpty(
  target: AzureTarget,
  prefix: string,
  given: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  checkListOptions(target.uri, given);
  const { limit: _, ...options } = given;
  const { signal } = options;
  const end = new AbortController();
  const stop = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const ahead: { readonly entry: ObjectMeta | CommonPrefix; readonly isShown: Promise<boolean> }[] = [];
  const isShown = (entry: ObjectMeta | CommonPrefix) =>
    "prefix" in entry && target.traits.hasDirectories !== false
      ? holdsObjects(target, entry.prefix, stop)
      : true;
  async function* shown(keep: number) {
    for (let next = ahead[0]; next && ahead.length > keep; next = ahead[0]) {
      if (await next.isShown) yield next.entry;
      ahead.shift();
    }
  }
  try {
    for await (const entry of listBlobs(target, prefix, options, "/")) {
      const look = isShown(entry);
      if (look === true && ahead.length === 0) yield entry;
      else {
        const looking = Promise.resolve(look);
        looking.catch(() => {});
        // A page of nothing but prefixes does not show whether these are directories. What is in the first one does.
        if (target.traits.hasDirectories === undefined) await looking;
        ahead.push({ entry, isShown: looking });
        yield* shown(LOOKS_IN_FLIGHT - 1);
      }
    }
    yield* shown(0);
  } finally {
    end.abort();
  }
}

async function holdsObjects(target: AzureTarget, directory: string, signal: AbortSignal): Promise<boolean> {
  for await (const _ of listBlobs(target, directory, { order: "any", limit: 1, signal })) return true;
  return false;
}
