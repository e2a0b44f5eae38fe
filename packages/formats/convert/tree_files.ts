import { type ListOptions, NotFoundError, type ObjectMeta, type ObjectStore, objectUri } from "@lade/core";
import { sampleNameOf } from "../webdataset/sample_name.ts";

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

/** Holds back what lies in folders that begin like the names of the sample that is under way. */
async function* keepSamplesTogether(
  files: AsyncIterable<TreeFile> | Iterable<TreeFile>,
): AsyncGenerator<TreeFile, void, void> {
  let begin: string | undefined;
  let held: TreeFile[] = [];
  for await (const file of files) {
    if (begin !== undefined && file.name.startsWith(begin)) {
      if (file.name.indexOf("/", begin.length) < 0) yield file;
      else held.push(file);
      continue;
    }
    // The names in such a folder are longer than its own, so that this ends.
    if (held.length > 0) yield* keepSamplesTogether(held);
    held = [];
    const sample = sampleNameOf(file.name);
    begin = sample && `${sample.key}.`;
    yield file;
  }
  if (held.length > 0) yield* keepSamplesTogether(held);
}
