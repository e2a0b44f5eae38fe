import { type ErrorRow, HTTP_ERRORS } from "@lade/service/errors";

/** The failures that Google Cloud Storage reports. */
export const GCS_ERRORS: readonly ErrorRow[] = HTTP_ERRORS;
