/** Schemes whose URIs are often written down wrongly. */
const SCHEMES = "s3[an]?|az|abfss?|wasbs?|gc?s|file|direct|memory|https?";
/** What begins as a URI of such a scheme and is none: `s3:/b`, `s3:b`, `s3//b`, or one in quotes or behind a space. */
const NEAR = new RegExp(`^[\\s"'<]*(?:(${SCHEMES}):[/\\\\]*|(${SCHEMES})//+)(.*?)[\\s"'>]*$`, "is");
/** What each of these has. */
const SEPARATOR = /:|\/\//;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/** The URI that a text is nearly, and most likely meant to be; `undefined` for one, and for a path. */
export function nearUri(text: string): string | undefined {
  if (!SEPARATOR.test(text) || URI.test(text)) return undefined;
  const [, before, alone, rest] = NEAR.exec(text) ?? [];
  const scheme = (before ?? alone)?.toLowerCase();
  if (scheme === undefined || rest === undefined) return undefined;
  const isLocal = scheme === "file" || scheme === "direct";
  return `${scheme}://${isLocal ? "/" : ""}${rest}`;
}

/** Says of a text that is nearly a URI what to write, and how to name the path that it would be too. */
export function nearUriAdvice(text: string): string | undefined {
  const meant = nearUri(text);
  if (meant === undefined) return undefined;
  return `it is nearly a URI, write ${JSON.stringify(meant)}, or ${
    JSON.stringify(`./${text}`)
  } for a local path`;
}
