import type { ByteRange, GetOptions, GetResult } from "@lade/core/backend";
import type { ObjectReads } from "./read_suffix.ts";

/**
 * Reads an object whole whose range was refused (status 416), where that comes to the same: a range of an object without
 * bytes is refused by HTTP, and gives no bytes by the contract; some services refuse too long a suffix. `objectSize` is
 * what the refusal says. Elsewhere it rejects with `error`.
 */
export async function readRefusedRange(
  { get }: Pick<ObjectReads, "get">,
  { range, ...whole }: GetOptions,
  objectSize: number | undefined,
  error: unknown,
): Promise<GetResult> {
  const most = range && "suffixLength" in range ? range.suffixLength : 0;
  if (!range || !mayBeWhole(range, objectSize)) throw error;
  const result = await get(whole);
  if (result.info.size <= most) return result;
  await result.cancel();
  throw error;
}

function mayBeWhole(range: ByteRange, objectSize: number | undefined): boolean {
  if ("suffixLength" in range) return objectSize === undefined || objectSize <= range.suffixLength;
  return range.offset === 0 && (objectSize === undefined || objectSize === 0);
}
