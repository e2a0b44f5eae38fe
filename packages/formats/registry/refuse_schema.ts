import { UnsupportedError } from "@lade/core/errors";
import type { Schema } from "../table/schema.ts";
import type { FormatName } from "./format.ts";

/** Refuses a schema that is given for a table whose file says itself what its columns are: an `UnsupportedError`. */
export function refuseSchema(schema: Schema | undefined, uri: string, format: FormatName): void {
  if (schema === undefined) return;
  throw new UnsupportedError({
    operation: `read ${format}`,
    uri,
    detail: "the file says itself what its columns are, and a schema cannot change them",
    advice: "leave the schema out; columns are chosen by their names",
  });
}
