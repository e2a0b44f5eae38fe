/** Bytes at the start of a body that show what it is. */
export const PAGE_PEEK_BYTES = 1024;

const MOST_WORDS = 80;
const HTML_START =
  /^[\s\ufeff]*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i;

/** Whether the start of a body is that of a page for people. */
export function isPage(start: string): boolean {
  return HTML_START.test(start);
}

/**
 * What a body that no service of objects sent is, for messages: `the page "Log in"`, `the text "…"`. Titles and words are
 * cut to 80 characters and hold no control characters, nor the queries of URLs, in which signatures are.
 */
export function describePage(start: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1];
  const html = isPage(start) || title !== undefined;
  const words = plain(title ?? (html ? start.replace(/<(style|script)[^]*?<\/\1>|<[^>]*>?/gi, " ") : start));
  if (words === "") return html ? "a page" : "nothing";
  return `${html ? "the page" : "the text"} ${JSON.stringify(words)}`;
}

function plain(text: string): string {
  const words = text.replace(/\?[\w.~%-]+=[^\s"'<>]*/g, "?…")
    .replace(/[\p{C}\p{Z}\s\ufffd]+/gu, " ").trim();
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS).trimEnd()}…` : words;
}
