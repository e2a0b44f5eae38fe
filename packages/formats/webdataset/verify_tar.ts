import { getBytes, objectUri } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { StaleIndexError } from "../errors/format_error.ts";
import { FaultList } from "../registry/fault_list.ts";
import { isUnseen } from "../source/is_unseen.ts";
import type { FormatTarget, Verification, VerifyOptions } from "../registry/format.ts";
import { membersOf, uriOf } from "../tar/entries_of.ts";
import { tarFault } from "../tar/tar_fault.ts";
import { BLOCK, paddedSize } from "../tar/tar_member.ts";
import { sampleIndexKey } from "./index_samples.ts";
import { type IndexedShard, parseSampleIndex, staleIndex } from "./index_text.ts";
import { SampleGrouper } from "./sample_grouper.ts";
import { type SampleIndex, SampleIndexBuilder } from "./sample_index.ts";

/**
 * Walks through all headers of an archive, compares their checksums, and compares the index beside it, where there is one.
 * Data has no checksum; it is not read, unless the archive is compressed. An end without its two blocks of zeros, which
 * reading takes for one, is a fault here: the archive may be cut between two members.
 */
export async function verifyTar(target: FormatTarget, options: VerifyOptions = {}): Promise<Verification> {
  const { signal, onBytes } = options;
  const call = signal ? { signal } : {};
  const uri = uriOf(target);
  const list = new FaultList(options);
  const [builder, grouper] = [new SampleIndexBuilder(), new SampleGrouper(uri)];
  let [headers, bytes, unchecked, end] = [0, 0, 0, 0];
  let torn: Error | undefined;
  const walk = async () => {
    for await (const member of membersOf(target, call)) {
      headers++;
      const read = target.stream ? paddedSize(member.size) : 0;
      const added = member.offset - member.headerOffset + read;
      bytes += added;
      onBytes?.(added);
      unchecked += member.size;
      end = member.offset + paddedSize(member.size);
      if (member.type !== "file" || torn) continue;
      try {
        const grouped = grouper.add(member);
        if (grouped) builder.add(member.name, member.offset, member.size, grouped.isFirst);
      } catch (error) {
        torn = error as Error;
      }
    }
    if (target.stream) return;
    const { size } = await target.open("start");
    if (size - end < 2 * BLOCK) {
      list.add(
        tarFault(
          { uri, offset: size },
          "it ends without two blocks of zeros, and may be cut between two members",
        ),
      );
    }
  };
  try {
    await list.step(walk);
  } catch (error) {
    // What no archive of Lade's or of tar's has is damage as a rule.
    if (!(error instanceof UnsupportedError)) throw error;
    list.add(error);
  }
  if (list.faults.length === 0) {
    const stale = await compareIndex(target, torn ?? builder.finish(), call);
    if (stale) list.add(stale);
  }
  return { checked: { "sum of a header's bytes": headers }, unchecked, bytes, faults: list.faults };
}

/** Why the index beside the archive is not of its samples. */
async function compareIndex(
  target: FormatTarget,
  found: SampleIndex | Error,
  options: { readonly signal?: AbortSignal },
): Promise<Error | undefined> {
  const { store, key, stream } = target;
  if (stream) return undefined;
  const indexKey = sampleIndexKey(key);
  try {
    const { bytes } = await getBytes(store, indexKey, options);
    const { size } = await target.open("start");
    const shard: IndexedShard = { uri: uriOf(target), size, indexUri: objectUri(store.uri, indexKey) };
    const index = parseSampleIndex(bytes, shard);
    if (found instanceof Error) return found;
    return differenceOf(index, found, shard);
  } catch (error) {
    if (isUnseen(error)) return undefined;
    if (error instanceof StaleIndexError) return error;
    throw error;
  }
}

function differenceOf(index: SampleIndex, found: SampleIndex, shard: IndexedShard): Error | undefined {
  if (index.length !== found.length) {
    return staleIndex(shard, `it has ${index.length} samples, and the archive ${found.length}`);
  }
  for (let sample = 0; sample < index.length; sample++) {
    const [told, there] = [index.at(sample).fields, found.at(sample).fields];
    const isSame = told.length === there.length && told.every(({ field, name, offset, size }, place) => {
      const other = there[place];
      return other && field === other.field && offset === other.offset && size === other.size &&
        (name === undefined || name === other.name);
    });
    if (!isSame) return staleIndex(shard, `sample ${sample} lies elsewhere`);
  }
  return undefined;
}
