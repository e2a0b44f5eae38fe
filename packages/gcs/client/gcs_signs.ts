import type { SignNames } from "@lade/service/http";

/** The header by which Google names a request. */
export const REQUEST_ID = "x-guploader-uploadid";

/** What only Google Cloud Storage puts into its answers. An emulator may put none of it there. */
export const GCS_SIGNS: SignNames = { ids: [REQUEST_ID], prefixes: ["x-goog-"] };
