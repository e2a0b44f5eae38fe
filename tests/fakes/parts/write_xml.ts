/** A piece of serialised XML. */
export class Xml {
  /** Wraps text that is already XML. */
  constructor(
    /** The text. */
    readonly text: string,
  ) {}
}

/**
 * An element with text or child elements; a child that is undefined is left out, and so is an element whose
 * content is.
 */
export function element(
  name: string,
  content: string | number | boolean | readonly (Xml | undefined)[] | undefined,
): Xml | undefined {
  if (content === undefined) return undefined;
  if (typeof content !== "object") return new Xml(`<${name}>${escapeXml(String(content))}</${name}>`);
  return new Xml(`<${name}>${content.map((child) => child?.text ?? "").join("")}</${name}>`);
}

/** A whole document in the namespace of the service, or in none. */
export function xmlDocument(
  root: string,
  children: readonly (Xml | undefined)[],
  namespace: string = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`,
): string {
  const body = children.map((child) => child?.text ?? "").join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${body}</${root}>`;
}

/**
 * Escapes text. Characters XML 1.0 cannot hold become references all the same, as the service writes them.
 */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char)
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b-\x1f\ufffe\uffff]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
