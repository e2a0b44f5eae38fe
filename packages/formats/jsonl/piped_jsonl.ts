import type { PipedBytes } from "../source/piped_bytes.ts";
import { pipedText } from "../text/piped_text.ts";
import type { OpenJsonlOptions } from "./jsonl_options.ts";
import { JsonlReader } from "./jsonl_reader.ts";

/** `openJsonl` of bytes that come once: they can be scanned once. */
export async function openPipedJsonl(
  bytes: PipedBytes,
  options: OpenJsonlOptions = {},
): Promise<JsonlReader> {
  const reader = await JsonlReader.open(await pipedText(bytes), options);
  bytes.forget();
  return reader;
}
