import { ServiceError } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { PageGuard } from "./page_guard.ts";
import { RepeatGuard } from "./repeat_guard.ts";
import type { Page } from "./page_reader.ts";

/** A page, and the start of the next one. */
export interface PageInHand<T> {
  /** The page. */
  readonly page: Page<T>;
  /** The page before claimed to be the last. */
  readonly isDoubtful: boolean;
  /** Starts to read the next page, once; without it the next one is read when it is asked for. */
  readonly readNext: () => void;
  /** Takes note that all of the page was listed before. */
  readonly isRepeat: () => void;
}

/**
 * Reads page after page, until one is the last. A page that names a next one is not the last, whatever else it says,
 * unless nothing comes of it. Pages that name each other, and 1,000 empty ones in a row, are a `ServiceError`.
 * With `nameOf`, what a page repeats of itself or of the page before is left out.
 */
export async function* readPages<T>(
  call: CallName,
  read: (token?: string) => Promise<Page<T>>,
  nameOf?: (entry: T) => string,
): AsyncGenerator<PageInHand<T>, void, void> {
  const guard = new PageGuard();
  const [entryRepeats, prefixRepeats] = [new RepeatGuard(), new RepeatGuard()];
  let page = await read();
  for (let isDoubtful = false;;) {
    const { next: token, claimsEnd = false } = page;
    const isEmpty = page.entries.length === 0 && !page.prefixes?.length;
    const entries = nameOf ? entryRepeats.fresh(page.entries, nameOf) : page.entries;
    const prefixes = prefixRepeats.fresh(page.prefixes ?? [], ({ prefix }) => prefix);
    let news = entries.length + prefixes.length;
    let next: Promise<Page<T>> | undefined;
    const readNext = () => {
      if (token === undefined || next) return;
      next = read(token);
      next.catch(() => {});
    };
    const isRepeat = () => {
      news = 0;
    };
    yield { page: { ...page, entries, prefixes }, isDoubtful, readNext, isRepeat };
    if (token === undefined || (claimsEnd && isEmpty)) return;
    const fault = guard.advance(token, news);
    if (fault && claimsEnd) return;
    if (fault) {
      throw new ServiceError({ ...callOf(call), detail: `the service's listing does not end: ${fault}` });
    }
    page = await (next ?? read(token));
    isDoubtful = claimsEnd;
  }
}

/** Throws a `ServiceError` for a name outside the prefix, since deletions of what is listed would delete it. */
export function checkPrefix(call: CallName, name: string, prefix: string): void {
  if (name.startsWith(prefix)) return;
  throw new ServiceError({
    ...callOf(call),
    detail: `the service lists ${JSON.stringify(name)}, which does not start with ${JSON.stringify(prefix)}`,
    advice: "check what stands between here and the service",
  });
}

/** A call may know more than errors say. */
function callOf({ operation, uri }: CallName): CallName {
  return { operation, uri };
}
