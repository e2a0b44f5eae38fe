import { InvalidNameError } from "../errors/errors.ts";
import { PLATFORM, type Platform } from "./local_path.ts";
import { nearUriAdvice } from "../text/near_uri.ts";

/** A URI cut in two. */
export interface ParsedUri {
  /** The scheme, lower case, without the colon. */
  readonly scheme: string;
  /** All that follows `://`, as it stands. */
  readonly rest: string;
}

const PATTERN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/** Whether a string has the form of a URI (`scheme://…`), of any scheme; on Windows one letter is a drive and no scheme. */
export function isUri(text: string, platform: Platform = PLATFORM): boolean {
  return PATTERN.test(text) && (platform === "posix" || text[1] !== ":");
}

/**
 * Cuts a URI into scheme and rest. Nothing is decoded: `%20`, `?`, `#` and `*` stand for themselves.
 * Anything else than `scheme://…` is an `InvalidNameError`.
 */
export function parseUri(uri: string): ParsedUri {
  if (typeof uri !== "string") {
    const detail = `a URI is a text${
      (uri as unknown) instanceof URL ? ", such as the href of this URL" : ""
    }`;
    throw new InvalidNameError({ operation: "parse", uri: String(uri), detail });
  }
  if (!isUri(uri)) {
    throw new InvalidNameError({
      operation: "parse",
      uri,
      detail: nearUriAdvice(uri) ?? "a URI of the form scheme://container/key is needed",
    });
  }
  const at = uri.indexOf("://");
  return { scheme: uri.slice(0, at).toLowerCase(), rest: uri.slice(at + 3) };
}
