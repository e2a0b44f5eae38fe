/** Thrown where a document is not well-formed, or has an element twice that may be there once. */
export class MalformedXmlError extends Error {
  /** The class, for messages. */
  override readonly name = "MalformedXmlError";
}

/** An element of a parsed document; attributes and namespaces are dropped. */
export interface XmlNode {
  /** The name without its prefix. */
  name: string;
  /** The text directly inside. */
  text: string;
  /** The child elements. */
  children: XmlNode[];
}

/** A declaration, a comment, character data (1), an end tag (2), or a start tag (3, its attributes, and 5 when it is empty). */
const MARKUP = new RegExp(
  [
    /<\?[^>]*\?>/,
    /<!--[^]*?-->/,
    /<!\[CDATA\[([^]*?)\]\]>/,
    /<\/([^\s>]+)\s*>/,
    /<([^\s/>!?]+)((?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/,
  ].map(({ source }) => source).join("|"),
  "y",
);

/**
 * Parses a request document; anything malformed is a {@linkcode MalformedXmlError}. There are no document types and no
 * entities but the five of XML.
 */
export function parseXml(source: string): XmlNode {
  const root: XmlNode = { name: "", text: "", children: [] };
  const open = [root];
  for (let at = source.charCodeAt(0) === 0xfeff ? 1 : 0; at < source.length;) {
    const current = open.at(-1) ?? root;
    const next = source.indexOf("<", at);
    if (next !== at) {
      const end = next < 0 ? source.length : next;
      current.text += unescapeXml(source.slice(at, end));
      at = end;
      continue;
    }
    MARKUP.lastIndex = at;
    const match = MARKUP.exec(source);
    if (match === null) throw new MalformedXmlError();
    const [all, data, closing, opening, , empty] = match;
    at += all.length;
    if (data !== undefined) {
      current.text += data;
    } else if (closing !== undefined) {
      if (open.length === 1 || current.name !== localName(closing)) throw new MalformedXmlError();
      open.pop();
    } else if (opening !== undefined) {
      const node: XmlNode = { name: localName(opening), text: "", children: [] };
      current.children.push(node);
      if (empty === "") open.push(node);
    }
  }
  const [document] = root.children;
  if (document === undefined || root.children.length !== 1 || open.length !== 1 || root.text.trim() !== "") {
    throw new MalformedXmlError();
  }
  return document;
}

/** The children of a name. */
export function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name);
}

/** The text of the only child of a name, or undefined when there is none. */
export function textOf(node: XmlNode, name: string): string | undefined {
  const found = childrenOf(node, name);
  if (found.length > 1) throw new MalformedXmlError();
  return found[0]?.text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function unescapeXml(text: string): string {
  return text.replace(/&([^;&\s]*)(;?)/g, (_, name: string, end: string) => {
    const code = /^#x[0-9a-fA-F]+$/.test(name)
      ? parseInt(name.slice(2), 16)
      : /^#\d+$/.test(name)
      ? Number(name.slice(1))
      : undefined;
    const char = code === undefined ? NAMED[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    if (char === undefined || end === "") throw new MalformedXmlError();
    return char;
  });
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
