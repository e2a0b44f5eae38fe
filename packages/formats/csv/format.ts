import { csvFormat } from "./csv_format.ts";

/** What commands ask of csv. */
export const format = csvFormat("csv");

/** What commands ask of tsv. */
export const tsvFormat = csvFormat("tsv");
