import type { DatasetBase } from "../datasets/dataset.ts";
import { quoteUri } from "./quote_uri.ts";

/** What is thrown where there is nothing to load, and nobody said that this may be: a training that takes no step is a fault. */
export function noSamples(
  { uri, content }: Pick<DatasetBase, "uri" | "content">,
  detail = "it has no samples",
): TypeError {
  const looked = content === undefined ? "" : ` (${content})`;
  return new TypeError(
    `Cannot load ${quoteUri(uri)}: ${detail}${looked}; allowEmpty (--allow-empty) goes through nothing`,
  );
}
