import { type ListOptions, NotFoundError, type ObjectMeta, type ObjectStore, objectUri } from "@lade/core";
import { keepSamplesTogether } from "../webdataset/keep_samples_together.ts";

/** A file below a prefix. */
export interface TreeFile {
  /** What the listing has of it. */
  readonly meta: ObjectMeta;
  /** Its path below the prefix. */
  readonly name: string;
}

/**
 * Lists the files below a prefix, which is empty or ends in `/`, in the order of their names, but for this: what lies in a folder that is called like a
 * sample (`a/1.parts/x.bin` between `a/1.jpg` and `a/1.txt`) comes after that sample, so that its files are adjacent. No
 * file at all is a `NotFoundError`.
 */
export async function* treeFiles(
  store: ObjectStore,
  prefix: string,
  options: Pick<ListOptions, "signal" | "onLeftOut"> = {},
): AsyncGenerator<TreeFile, void, void> {
  const listed = async function* () {
    for await (const meta of store.list(prefix, options)) yield { meta, name: meta.key.slice(prefix.length) };
  };
  let isEmpty = true;
  for await (const file of keepSamplesTogether(listed())) {
    isEmpty = false;
    yield file;
  }
  if (isEmpty) {
    throw new NotFoundError({
      operation: "list",
      uri: objectUri(store.uri, prefix),
      detail: "no objects are below it",
    });
  }
}
