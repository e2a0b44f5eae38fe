import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { choiceValue, textValue } from "../values/plain_values.ts";
import { placeValue } from "../values/place_value.ts";
import { filterOptions } from "./filter_options.ts";
import { treeOptions } from "./transfer_options.ts";

/** What `lade hash` takes. */
export const hashOptions = {
  type: option(
    ["-t", "--type"],
    choiceValue({
      metavar: "TYPE",
      choices: ["md5", "sha1", "sha256", "sha512", "crc32", "crc32c", "crc64nvme"],
      anyCase: true,
    }),
    undefined,
    "The checksum: md5, sha1, sha256, sha512, crc32, crc32c or crc64nvme; sha256 by default, and with -c the one that has \
so many digits.",
  ),
  stored: flag(
    ["--stored"],
    "Take the checksum that the store has, where it has this very one, and read nothing for it.",
  ),
  check: option(
    ["-c", "--check"],
    textValue("FILE"),
    undefined,
    "Compare with the list in FILE, a URI, a path, or - for standard input. Its names are below the one URI, or stand \
as they are where there is none.",
  ),
  format: option(
    ["--format"],
    choiceValue({ metavar: "sha256sum|rclone", choices: ["sha256sum", "rclone"] }),
    "sha256sum",
    "sha256sum: names as given, those with a line break or backslash escaped, as sha256sum -c takes them. rclone: names \
below the URI, as they stand, as rclone hashsum writes them.",
  ),
  zero: flag(["-z", "--zero"], "End lines in a NUL, and escape no name; with -c, read them so."),
  recursive: flag(
    ["-r", "--recursive"],
    "Take what lies below, also where an object has the very name of URI.",
  ),
  jobs: treeOptions.jobs,
  ...filterOptions,
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: true }),
    "An object, a prefix or a directory; - is standard input.",
  ),
};

/** What was given of it. */
export type HashValues = ValuesOf<typeof hashOptions>;
