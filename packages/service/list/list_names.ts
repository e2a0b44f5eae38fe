import type { CallName } from "@lade/core/errors";
import type { Page } from "./page_reader.ts";
import { readPages } from "./read_pages.ts";

/** Lists names page by page, such as those of containers; each is given once, and `signal` ends it between any two. */
export async function* listNames(
  call: CallName,
  read: (token?: string) => Promise<Page<string>>,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  signal?.throwIfAborted();
  for await (const { page } of readPages(call, read, (name) => name)) {
    for (const name of page.entries) {
      yield name;
      signal?.throwIfAborted();
    }
  }
}
