import { needText } from "@lade/core/backend";
import { shardKey } from "@lade/formats/convert";
import { sampleIndexKey } from "@lade/formats/webdataset";
import { indexKeyOf } from "@lade/formats/tfrecord";
import type { PackFormat } from "../manifest/pack_plan.ts";

/** Where a pack goes. */
export interface PackDestination {
  /** Below which its shards, their indexes and the manifest lie; empty, or with `/` at its end. */
  readonly prefix: string;
  /** The names of its shards, with `%06d` for their numbers. */
  readonly name: string;
  /** What is written. */
  readonly format: PackFormat;
}

const FORMATS: readonly PackFormat[] = ["tfrecord", "tar", "npy", "parquet", "arrow"];
const suffixOf = (format: PackFormat) => `.${format}`;

/**
 * Where a pack goes that is written to `key`: a prefix, or a name with `%06d` in its last part. A name that says another
 * format than `format` is a `TypeError`, and so is one without a place for the number. Where neither says a format it is
 * `otherwise`.
 */
export function packDestination(
  key: string,
  format?: PackFormat,
  otherwise: PackFormat = "tfrecord",
): PackDestination {
  needText(key);
  const at = key.lastIndexOf("/") + 1;
  const [prefix, given] = [key.slice(0, at), key.slice(at)];
  const named = FORMATS.find((each) => given.toLowerCase().endsWith(suffixOf(each)));
  if (given !== "" && !/%0[1-9]d/.test(given)) {
    throw new TypeError(
      `Cannot pack to ${JSON.stringify(key)}: a pack has several shards; end it in "/", or in a name such as \
"train-%06d.tar"`,
    );
  }
  const chosen = format ?? named ?? otherwise;
  if (given !== "" && named !== chosen) {
    throw new TypeError(
      `Cannot pack to ${JSON.stringify(key)}: its name has to end in ${JSON.stringify(suffixOf(chosen))}`,
    );
  }
  return { prefix, name: given === "" ? `%06d${suffixOf(chosen)}` : given, format: chosen };
}

/** The key of a shard. More of them than its digits can number, which would change their order, are a `RangeError`. */
export function packedKey({ prefix, name, format }: PackDestination, shard: number): string {
  const digits = Number(/%0([1-9])d/.exec(name)?.[1] ?? 6);
  if (shard >= 10 ** digits) {
    throw new RangeError(
      `Cannot pack into more than ${10 ** digits} shards: name them with more digits, such as %0${
        digits + 2
      }d, or make them larger`,
    );
  }
  return prefix + shardKey(name, shard, suffixOf(format));
}

/** The key of the index beside a shard; none where its format has what it needs within. */
export function packedIndexKey({ format }: Pick<PackDestination, "format">, key: string): string | undefined {
  return format === "tfrecord" ? indexKeyOf(key) : format === "tar" ? sampleIndexKey(key) : undefined;
}

/** Says of a name below the prefix which shard of a pack it is, or is the index of. */
export function shardNumbers(name: string): (below: string) => number | undefined {
  const [pattern = "", digits = "6"] = /%0([1-9])d/.exec(name) ?? [];
  const at = name.indexOf(pattern);
  const [before, after] = [name.slice(0, at), name.slice(at + pattern.length)];
  const ends = [after, `${after}.idx`, `${after.replace(/\.tar$/i, "")}.idx`];
  return (below) => {
    const number = below.slice(before.length, before.length + Number(digits));
    const isOne = below.startsWith(before) && number.length === Number(digits) && /^\d+$/.test(number) &&
      ends.includes(below.slice(before.length + number.length));
    return isOne ? Number(number) : undefined;
  };
}
