import type { CallOptions } from "@lade/core";
import { describeHeader } from "../npy/describe_header.ts";
import { UnreadElementsError } from "../npy/unread_elements_error.ts";
import type { ArrayDescription } from "../registry/format.ts";
import type { NpzFile } from "./npz_file.ts";

/** What a command says of an array of an npz, also of one whose elements are not read. */
export async function describeMember(
  file: NpzFile,
  name: string,
  options: CallOptions = {},
): Promise<ArrayDescription> {
  try {
    return describeHeader(name, await file.header(name, options));
  } catch (error) {
    if (!(error instanceof UnreadElementsError)) throw error;
    const { descr: dtype, shape, order } = error.elements;
    return { name, dtype, shape, order };
  }
}
