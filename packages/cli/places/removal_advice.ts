import type { RemovalAdvice } from "@lade/lade";

/** What messages about removals say to do. */
export const removalAdvice: RemovalAdvice = {
  recursive: "add -r to remove everything under it",
  ambiguous: "add a slash for the prefix or leave out -r",
  all: "use -r --all to remove all that is in it",
  force: "add -f to remove them too",
  versions: "add -f --versions to remove those too",
};
