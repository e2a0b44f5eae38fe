import { crc32c, crc32cToHex, type ObjectStore, objectUri } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { byteLengthOf, elementsOf } from "@lade/formats/array";
import { FormatError } from "@lade/formats/errors";
import { checkMemberName } from "@lade/formats/npz";
import type { DataObject } from "../record/piece_bytes.ts";
import type { ForeignSetup, ForeignTensor } from "./foreign_checkpoint.ts";
import type { RawTensor } from "../raw/raw_description.ts";

/** Files that are asked for at the same time. */
const AT_ONCE = 16;

/** A tensor whose place is settled. */
interface PlacedTensor {
  readonly tensor: RawTensor;
  readonly offset: number;
  readonly length: number;
}

/**
 * Opens tensors in files of bare elements, which a description tells of; `folder` is where it lies. Tensors that pass the end of
 * their file, or lie over one another, and files that go on behind their last tensor, are a `FormatError`: of bytes that say nothing
 * of themselves, this is what tells a wrong dtype or shape.
 */
export async function openRawTensors(
  store: ObjectStore,
  folder: string,
  tensors: readonly RawTensor[],
  signal: AbortSignal | undefined,
): Promise<ForeignSetup> {
  const files = new Map<string, PlacedTensor[]>();
  const names = new Set<string>();
  for (const tensor of tensors) {
    const uri = objectUri(store.uri, folder + tensor.file);
    const fault = checkMemberName(tensor.file);
    if (fault !== undefined) {
      throw invalid(uri, `the file ${JSON.stringify(tensor.file)} cannot be named: ${fault}`);
    }
    if (names.has(tensor.name)) throw invalid(uri, `two tensors are called ${JSON.stringify(tensor.name)}`);
    names.add(tensor.name);
    const placed = files.get(tensor.file) ?? [];
    files.set(tensor.file, placed);
    const last = placed.at(-1);
    const { offset = last ? last.offset + last.length : 0 } = tensor;
    const length = byteLengthOf(tensor.dtype, elementsOf(tensor.shape) ?? NaN) ?? NaN;
    if (!Number.isSafeInteger(offset + length) || offset < 0) {
      throw invalid(
        uri,
        `tensor ${JSON.stringify(tensor.name)} of [${tensor.shape}] from byte ${offset} is none`,
      );
    }
    placed.push({ tensor, offset, length });
  }
  const shards = new Array<DataObject>(files.size);
  const found = new Array<ForeignTensor[]>(files.size);
  await inParallel([...files].entries(), AT_ONCE, async ([shard, [file, placed]], signal) => {
    const key = folder + file;
    const { size, etag } = await store.head(key, { signal });
    checkPlaces(placed, size, objectUri(store.uri, key));
    shards[shard] = { key, size, ...(etag !== undefined && { etag }) };
    found[shard] = placed.map((one) => tensorOf(one, shard));
  }, signal);
  return { kind: "raw", metadata: {}, shards, tensors: found.flat() };
}

function checkPlaces(placed: readonly PlacedTensor[], size: number, uri: string): void {
  let before: PlacedTensor | undefined;
  for (const one of placed.toSorted((a, b) => a.offset - b.offset || a.length - b.length)) {
    const { tensor: { name, dtype, shape }, offset, length } = one;
    const what = `tensor ${JSON.stringify(name)}, ${dtype} of [${shape}],`;
    if (offset + length > size) {
      throw invalid(uri, `${what} takes ${length} bytes from byte ${offset} on, and the file has ${size}`);
    }
    if (before && offset < before.offset + before.length && length > 0) {
      throw invalid(uri, `${what} lies over tensor ${JSON.stringify(before.tensor.name)}`);
    }
    if (length > 0) before = one;
  }
  const end = before ? before.offset + before.length : 0;
  if (end < size) {
    throw invalid(
      uri,
      `it has ${size - end} bytes behind its last tensor`,
      "compare dtypes and shapes with what was written; what is no tensor is described as one of uint8",
    );
  }
}

function tensorOf(
  { tensor: { name, dtype, shape, crc32c: due }, offset, length }: PlacedTensor,
  shard: number,
): ForeignTensor {
  const pieces = [{ offsets: shape.map(() => 0), shape, shard, offset, length }];
  if (due === undefined) return { name, dtype, shape, pieces };
  const faultOf = (bytes: Uint8Array) => {
    const found = crc32cToHex(crc32c(bytes));
    return found === due ? undefined : `its CRC-32C is ${found}, and its description says ${due}`;
  };
  return { name, dtype, shape, pieces, faultOf };
}

function invalid(uri: string, detail: string, advice?: string): FormatError {
  return new FormatError({ operation: "load", uri, detail, ...(advice !== undefined && { advice }) });
}
