/** What a member's name says of the sample it belongs to. */
export interface SampleName {
  /** The sample's key: the path up to the first dot of its last part. */
  readonly key: string;
  /** What follows that dot, as the archive has it. The field's name is this in lower case. */
  readonly extension: string;
}

/** Members of whole shards, such as `__meta__/info.json`, which belong to no sample. */
const OF_SHARD = /^__[^/]*__(?:$|\/)/;

/**
 * The key and field of a member, by its name, as webdataset groups them. `undefined` for names that are passed over: those
 * without a dot in their last part, hidden ones, and `__name__` and what lies below it.
 */
export function sampleNameOf(name: string): SampleName | undefined {
  const base = name.lastIndexOf("/") + 1;
  const dot = name.indexOf(".", base);
  if (dot <= base || (name.startsWith("__") && OF_SHARD.test(name))) return undefined;
  return { key: name.slice(0, dot), extension: name.slice(dot + 1) };
}
