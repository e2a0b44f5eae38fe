import type { CompareMode } from "@lade/transfer/compare";
import { UsageError } from "../command/usage_error.ts";
import { flag, type ValuesOf } from "../syntax/option.ts";

/** Options of every command that copies only what differs. */
export const compareOptions = {
  checksum: flag(
    ["-c", "--checksum"],
    "Compare contents, never times: by checksums where both sides have one, else by reading.",
  ),
  sizeOnly: flag(["--size-only"], "Compare sizes alone."),
  ignoreTimes: flag(["-I", "--ignore-times"], "Take everything for different, and bring it again."),
  update: flag(["-u", "--update"], "Leave alone what is newer at the destination."),
};

/** How objects are compared. */
export function compareModeOf(
  { checksum, sizeOnly, ignoreTimes }: ValuesOf<typeof compareOptions>,
): CompareMode {
  const chosen = [
    ...(checksum ? [["--checksum", "checksum"] as const] : []),
    ...(sizeOnly ? [["--size-only", "size"] as const] : []),
    ...(ignoreTimes ? [["--ignore-times", "all"] as const] : []),
  ];
  const [first, second] = chosen;
  if (first && second) throw new UsageError(`${first[0]} and ${second[0]} exclude each other.`);
  return first?.[1] ?? "content";
}
