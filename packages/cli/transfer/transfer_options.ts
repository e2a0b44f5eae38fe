import type { FilterValues, globOptions } from "./filter_options.ts";
import { flag, option, repeated, type ValuesOf } from "../syntax/option.ts";
import { dateValue, metadataValue, tagValue } from "../values/attribute_values.ts";
import type { journalOptions } from "./journal_options.ts";
import type { planOptions } from "./plan_options.ts";
import { choiceValue, integerValue, textValue, versionValue } from "../values/plain_values.ts";
import type { shardOptions } from "./shard_options.ts";

/** Options of every command that writes objects one by one. */
export const writeOptions = {
  dryRun: flag(["--dry-run"], "Print what would be done, and do nothing."),
  noClobber: flag(["-n", "--no-clobber"], "Leave alone what is at the destination already."),
  statsFile: option(
    ["--stats-file"],
    textValue("FILE"),
    undefined,
    "Write what came of it to FILE as JSON, at the end: also of a command that fails or is interrupted.",
  ),
};

/** Options of every command that moves many objects. */
export const treeOptions = {
  recursive: flag(["-r", "--recursive"], "Take everything under a prefix or directory."),
  jobs: option(
    ["-j", "--jobs"],
    integerValue({ metavar: "N", least: 1, most: 1024 }),
    32,
    "Work on N objects at the same time; 32 by default.",
  ),
  failFast: flag(["--fail-fast"], "End at the first failure; by default everything else goes on."),
};

/** Options of every command that copies what has a time. */
export const timeOptions = {
  noMtime: flag(
    ["--no-mtime"],
    "Date copies by now, and neither keep nor set the time of change of local files (metadata mtime).",
  ),
};

/** Options of every command that can make objects of local files. */
export const guessOptions = {
  noGuess: flag(
    ["--no-guess-mime-type"],
    "Store no media type by the ending of a name; --content-type comes before it.",
  ),
};

/** Options of every command that reads what others compressed. */
export const decompressOptions = {
  decompress: flag(
    ["--decompress"],
    "Decompress objects whose name ends in .zst, and take that off the name.",
  ),
};

/** Options of every command that makes objects, rather than keeping them as they are. */
export const contentOptions = {
  zstd: option(
    ["--zstd"],
    integerValue({ metavar: "LEVEL", least: 1, most: 22 }),
    undefined,
    "Compress with zstd at this level from 1 to 22, and add .zst to the name; what has it already goes as it is.",
  ),
  contentType: option(["--content-type"], textValue("TYPE"), undefined, "Store this media type."),
  contentEncoding: option(
    ["--content-encoding"],
    textValue("ENCODING"),
    undefined,
    "Store this content encoding.",
  ),
  cacheControl: option(
    ["--cache-control"],
    textValue("DIRECTIVE"),
    undefined,
    "Store this cache directive.",
  ),
  contentDisposition: option(
    ["--content-disposition"],
    textValue("TEXT"),
    undefined,
    'Store how browsers name it, such as attachment; filename="r.csv".',
  ),
  contentLanguage: option(
    ["--content-language"],
    textValue("LANGUAGE"),
    undefined,
    "Store the language of the content.",
  ),
  expires: option(["--expires"], dateValue, undefined, "Store when caches drop it."),
  tags: repeated(
    ["--tag"],
    tagValue,
    (pairs) => pairs.length === 0 ? undefined : Object.fromEntries(pairs),
    "Give the object this tag; may be given several times.",
  ),
  storageClass: option(
    ["--storage-class"],
    textValue("CLASS"),
    undefined,
    "Store in this class, as the service names it.",
  ),
  metadata: repeated(
    ["--metadata"],
    metadataValue,
    (pairs) => pairs.length === 0 ? undefined : Object.fromEntries(pairs),
    "Store this with the object, in place of the metadata of its source; may be given several times.",
  ),
};

/** Options of every command that can make files of objects. */
export const nameOptions = {
  mapNames: option(
    ["--map-names"],
    choiceValue({ metavar: "refuse|percent", choices: ["refuse", "percent"] }),
    "refuse",
    "Names of which no file can be made are refused, which is the default, or written with percent signs (a%2F%2Fb), and \
such files are read back under the names that they had.",
  ),
};

/** Options of every command that copies trees of files. */
export const linkOptions = {
  links: option(
    ["--links"],
    choiceValue({ metavar: "follow|skip|preserve", choices: ["follow", "skip", "preserve"] }),
    "follow",
    "With -r: follow symbolic links that stay inside the source, which is the default; skip all links; or preserve them as \
links, in a store as objects that end in .rclonelink.",
  ),
};

/** Options of every command that can take an older version of an object. */
export const versionOptions = {
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Take this version of the one object, as ls --versions names it.",
  ),
};

/** What a transfer takes besides its places. */
export type TransferOptions =
  & Partial<FilterValues>
  & Partial<ValuesOf<typeof globOptions>>
  & ValuesOf<typeof writeOptions>
  & ValuesOf<typeof treeOptions>
  & Partial<ValuesOf<typeof planOptions>>
  & Partial<ValuesOf<typeof shardOptions>>
  & Partial<ValuesOf<typeof journalOptions>>
  & Partial<ValuesOf<typeof nameOptions>>
  & Partial<ValuesOf<typeof linkOptions>>
  & Partial<ValuesOf<typeof timeOptions>>
  & Partial<ValuesOf<typeof guessOptions>>
  & Partial<ValuesOf<typeof decompressOptions>>
  & Partial<ValuesOf<typeof versionOptions>>
  & Partial<ValuesOf<typeof contentOptions>>;
