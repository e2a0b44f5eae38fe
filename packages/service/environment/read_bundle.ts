import { quote, redactSecrets } from "@lade/core/text";
import type { Sourced } from "@lade/core/settings";
import { bundleFault } from "./bundle_fault.ts";
import type { Environment } from "./environment.ts";
import { expandPath, homeDirectory } from "./home.ts";
import { type ReadTextFile, whyUnread } from "./read_text_file.ts";

/** Where a configuration is read from, besides what is given. */
export interface FileSources {
  /** The environment. */
  readonly env: Environment;
  /** Reads files of text. */
  readonly read: ReadTextFile;
}

/** Reads a file of certificates in PEM form. One that is missing, damaged or holds none is a `TypeError`. */
export async function readBundle(
  { operation, uri }: { readonly operation: string; readonly uri: string },
  { value, source }: Sourced<string>,
  { env, read }: FileSources,
): Promise<string> {
  const path = expandPath(value, env, await homeDirectory(env));
  let fault = "cannot be read; check its path, and --allow-read";
  try {
    const text = await read(path);
    const found = text === undefined ? undefined : bundleFault(text);
    if (text !== undefined && found === undefined) return text;
    fault = found ?? fault;
  } catch (error) {
    fault = `cannot be read: ${whyUnread(error)}`;
  }
  throw new TypeError(
    `Cannot ${operation} ${JSON.stringify(uri)}: the CA bundle ${
      quote(redactSecrets(path))
    } (${source}) ${fault}`,
  );
}
