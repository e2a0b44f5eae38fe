import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { cacheOptions } from "./cache_options.ts";
import { filterOptions } from "./filter_options.ts";
import { treeOptions } from "./transfer_options.ts";

/** What `lade check` takes. */
export const checkOptions = {
  recursive: flag(
    ["-r", "--recursive"],
    "Compare what lies below, also where an object has the very name of SOURCE.",
  ),
  jobs: treeOptions.jobs,
  download: flag(["--download"], "Read every object of both sides, whatever is known of them."),
  sizeOnly: flag(["--size-only"], "Compare sizes alone, and read nothing."),
  oneWay: flag(["--one-way"], "Do not mind what only the destination has."),
  all: flag(["--all"], "Print the names of what is the same, too, as -v and --json do."),
  ...filterOptions,
  ...cacheOptions,
  places: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "What to compare, and with what: two prefixes or directories, or an object and another, or the one of its name below \
a prefix.",
    {
      least: 2,
      tooFew: "A source and a destination are needed.",
    },
  ),
};

/** What was given of it. */
export type CheckOptions = ValuesOf<typeof checkOptions>;
