/** Schemes whose URIs are often written down wrongly. */
const SCHEMES = "s3[an]?|az(?:ure)?|adl|abfss?|wasbs?|gc?s|file|direct|memory|https?";
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

/** How other programs call the schemes, and what is written for one of their URIs. */
const FOREIGN: readonly (readonly [pattern: RegExp, own: string])[] = [
  [/^s3[an]:\/\/(.*)$/is, "s3://$1"],
  [/^wasbs?:\/\/([^@/]+)@([^/]+)\/?(.*)$/is, "az://$2/$1/$3"],
  [/^(?:azure|azblob|wasbs?):\/\/(.*)$/is, "az://$1"],
  [/^adl:\/\/[^/]*\/?(.*)$/is, "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/$1"],
];

/** What is written here for a URI of another program's, such as `s3a://b/k`; `undefined` for others. */
export function ownUriOf(uri: string): string | undefined {
  const [pattern, own = ""] = FOREIGN.find(([pattern]) => pattern.test(uri)) ?? [];
  return pattern && uri.replace(pattern, own);
}

/** Says of a text that is nearly a URI what to write, and how to name the path that it would be too. */
export function nearUriAdvice(text: string): string | undefined {
  const meant = nearUri(text);
  if (meant === undefined) return undefined;
  return `it is nearly a URI, write ${JSON.stringify(meant)}, or ${
    JSON.stringify(`./${text}`)
  } for a local path`;
}
