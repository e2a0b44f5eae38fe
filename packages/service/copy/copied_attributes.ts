import { attributesOf, type CopyOptions, type ObjectInfo, type PutOptions } from "@lade/core/backend";

/**
 * The tags to write with a copy where the service does not carry them: those that were given, else the source's. Nothing
 * is asked of a source that says it has none.
 */
export async function tagsToWrite(
  { tagCount }: Pick<ObjectInfo, "tagCount">,
  { attributes }: Pick<CopyOptions, "attributes">,
  readTags: () => Promise<Readonly<Record<string, string>>>,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (attributes?.tags || !tagCount) return attributes?.tags;
  return await readTags();
}

/**
 * What a copy that the service does not make in one step is written with: the attributes, tags and storage class of the
 * source unless others are given, and the conditions.
 */
export async function copiedAttributes(
  source: ObjectInfo,
  options: CopyOptions,
  readTags: () => Promise<Readonly<Record<string, string>>>,
): Promise<PutOptions> {
  const { ifMatch, ifNoneMatch, ifIgnored } = options;
  const { storageClass } = source;
  const tags = await tagsToWrite(source, options, readTags);
  return {
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(options.attributes ?? attributesOf(source)),
    ...(tags === undefined ? {} : { tags }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifIgnored === undefined ? {} : { ifIgnored }),
  };
}
