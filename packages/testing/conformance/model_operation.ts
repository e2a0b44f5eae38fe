import fc from "fast-check";
import type { ByteRange } from "@lade/core/backend";

/** One step of a random run. */
export type ModelOperation =
  | { readonly do: "put"; readonly key: string; readonly size: number; readonly condition: ModelCondition }
  | {
    readonly do: "write";
    readonly key: string;
    readonly chunks: readonly number[];
    readonly end: "close" | "abort" | "dispose";
    readonly condition: ModelCondition;
  }
  | { readonly do: "get"; readonly key: string; readonly range: ByteRange | undefined }
  | { readonly do: "head"; readonly key: string }
  | { readonly do: "delete"; readonly key: string; readonly condition: ModelCondition }
  | { readonly do: "deleteMany"; readonly keys: readonly string[] }
  | { readonly do: "copy" | "rename"; readonly from: string; readonly to: string }
  | {
    readonly do: "list" | "listWithDelimiter";
    readonly prefix: string;
    readonly startAfter: string | undefined;
  };

/** A condition of a write: none, create only, the present etag, or an etag that no object has. */
export type ModelCondition = "none" | "create" | "match" | "mismatch";

/** Keys that no file system minds: none is a folder of another. */
const KEYS = ["a", "b-", "b/c", "b/d/e", "b/d/😀", "b/d/\ufffd", "b0", "c d/%20", "c d/é", "c d*", "z"];
const PREFIXES = [
  "",
  "a",
  "aa",
  "b",
  "b/",
  "b/d",
  "b/d/",
  "b/d/\ud83d\ude00",
  "c",
  "c d*",
  "c d/",
  "x",
  "z/",
];

const key = fc.constantFrom(...KEYS);
const size = fc.oneof(fc.constantFrom(0, 1, 1023, 1024, 1025), fc.nat(5000));
const condition = fc.constantFrom<ModelCondition>("none", "none", "none", "create", "match", "mismatch");
const range: fc.Arbitrary<ByteRange | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ offset: fc.nat(3000) }),
  fc.record({ offset: fc.nat(3000), length: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({ suffixLength: fc.integer({ min: 1, max: 6000 }) }),
);

/** Makes steps, those that write more often than those that look. */
export const modelOperation: fc.Arbitrary<ModelOperation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), key, size, condition }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      key,
      chunks: fc.array(size, { maxLength: 4 }),
      end: fc.constantFrom("close" as const, "close" as const, "abort" as const, "dispose" as const),
      condition,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("get" as const), key, range }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("head" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), key, condition }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("deleteMany" as const), keys: fc.array(key, { maxLength: 5 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("copy" as const, "rename" as const),
      from: key,
      to: key,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("list" as const, "listWithDelimiter" as const),
      prefix: fc.constantFrom(...PREFIXES),
      startAfter: fc.option(fc.constantFrom(...KEYS, ...PREFIXES), { nil: undefined }),
    }),
  },
);
