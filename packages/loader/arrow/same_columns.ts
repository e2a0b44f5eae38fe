import { quote, redactSecrets } from "@lade/core/text";
import type { BatchColumns } from "./batch_columns.ts";

/** The columns of one of several data sets. */
export interface NamedColumns {
  readonly name: string;
  readonly columns: Pick<BatchColumns<unknown>, "schema" | "fieldMetadata">;
}

/** Throws a `TypeError` that names two data sets, and what they have, where the columns of one are not those of the other. */
export function checkSameColumns(one: NamedColumns, other: NamedColumns): void {
  const [told, its] = [one, other].map(({ columns: { schema, fieldMetadata } }) =>
    JSON.stringify([schema, fieldMetadata])
  );
  if (told === its) return;
  const [first, second] = [one, other].map(({ name, columns: { schema } }) =>
    `${quote(redactSecrets(name))} (${schema.fields.map(({ name }) => name).join(", ")})`
  );
  throw new TypeError(`Cannot make one table of ${first} and ${second}: their columns differ`);
}
