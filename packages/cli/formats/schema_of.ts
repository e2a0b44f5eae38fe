import type { Schema } from "@lade/formats";
import { parseSchema } from "@lade/formats/table";
import { UsageError } from "../command/usage_error.ts";

/** The schema of a text; a text that is none is a `UsageError` that says where. */
export function schemaOf(text: string): Schema {
  try {
    return parseSchema(text);
  } catch (error) {
    throw new UsageError(`The schema cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}
