import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { metadataValue } from "../values/metadata_value.ts";

/** Options of every command that writes objects one by one. */
export const writeOptions = object({
  dryRun: withDefault(
    flag("--dry-run", { description: message`Print what would be done, and do nothing.` }),
    false,
  ),
  noClobber: withDefault(
    flag("-n", "--no-clobber", { description: message`Leave objects alone that exist.` }),
    false,
  ),
});

/** Options of every command that moves many objects. */
export const treeOptions = object({
  recursive: withDefault(
    flag("-r", "--recursive", { description: message`Take everything under a prefix or directory.` }),
    false,
  ),
  jobs: withDefault(
    option("-j", "--jobs", integer({ metavar: "N", min: 1, max: 1024 }), {
      description: message`Objects under way at once; 32 by default.`,
    }),
    32,
  ),
});

/** Options of every command that reads what others compressed. */
export const decompressOptions = object({
  decompress: withDefault(
    flag("--decompress", {
      description: message`Decompress objects whose name ends in .zst, and take that off the name.`,
    }),
    false,
  ),
});

/** Options of every command that makes objects, rather than keeping them as they are. */
export const contentOptions = object({
  zstd: optional(
    option("--zstd", integer({ metavar: "LEVEL", min: 1, max: 22 }), {
      description: message`Compress with zstd at this level from 1 to 22, and add .zst to the name; \
what has it already goes as it is.`,
    }),
  ),
  contentType: optional(
    option("--content-type", string({ metavar: "TYPE" }), {
      description: message`Store this media type.`,
    }),
  ),
  contentEncoding: optional(
    option("--content-encoding", string({ metavar: "ENCODING" }), {
      description: message`Store this content encoding.`,
    }),
  ),
  cacheControl: optional(
    option("--cache-control", string({ metavar: "DIRECTIVE" }), {
      description: message`Store this cache directive.`,
    }),
  ),
  storageClass: optional(
    option("--storage-class", string({ metavar: "CLASS" }), {
      description: message`Store in this class, as the service names it.`,
    }),
  ),
  metadata: map(
    multiple(
      option("--metadata", metadataValue(), {
        description: message`Store this with the object; may be given several times.`,
      }),
    ),
    (pairs) => pairs.length === 0 ? undefined : Object.fromEntries(pairs),
  ),
});

/** What a transfer is told besides its places. */
export type TransferOptions =
  & InferValue<typeof writeOptions>
  & InferValue<typeof treeOptions>
  & Partial<InferValue<typeof decompressOptions>>
  & Partial<InferValue<typeof contentOptions>>;
