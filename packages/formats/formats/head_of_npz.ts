import { QuotaExceededError } from "@lade/core/errors";
import { UnreadElementsError } from "../npy/unread_elements_error.ts";
import { describeMember } from "../npz/describe_member.ts";
import { NpzFile } from "../npz/npz_file.ts";
import type { Head, HeadOptions } from "./head.ts";
import { type HeadArray, headOfArrays } from "./head_of_arrays.ts";
import { firstOfNpy } from "./head_of_npy.ts";
import type { OpenedFormat } from "./open_format.ts";

/** Bytes of a deflated array, which has to be inflated as a whole for its first elements, at most. */
const MAX_SIZE = 64 * 2 ** 20;

/** The first arrays, each with its first elements. */
export async function headOfNpz({ target }: OpenedFormat, { count, signal }: HeadOptions): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const file = await NpzFile.open(await target.open("end"), call);
  const arrays = async function* (): AsyncGenerator<HeadArray> {
    for (const name of file.names) {
      const { dtype, shape } = await describeMember(file, name, call);
      const values = async () => {
        try {
          return await firstOfNpy(await file.open(name, { ...call, maxSize: MAX_SIZE }), count, signal);
        } catch (error) {
          if (error instanceof QuotaExceededError || error instanceof UnreadElementsError) return null;
          throw error;
        }
      };
      yield { name, dtype, shape, values };
    }
  };
  return headOfArrays(arrays(), count);
}
