/** An element of an XML document. */
export interface XmlElement {
  /** Its name without a namespace prefix. */
  readonly name: string;
  /** Its attributes, entities resolved; absent where it has none. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Its child elements, in order. */
  readonly children: readonly XmlElement[];
  /** Its text, entities resolved; empty for an element that has children. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>> | undefined;
  readonly children: XmlElement[];
  text: string;
}

const NO_CHILDREN: readonly XmlElement[] = [];
const MAX_DEPTH = 32;
/** An element as nearly all are: a plain name, and nothing but text. */
const LEAF = /<([A-Za-z_][\w.-]*)>([^<]*)<\/\1>/y;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const EXCLAMATION_MARK = 0x21;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ...[["lt", "<"], ["gt", ">"], ["amp", "&"], ["quot", '"'], ["apos", "'"]] as const,
  // Quotes around the etags of a listing.
  ["#34", '"'],
]);

/**
 * Reads the XML of an answer: elements, text, the five entities, character references, CDATA; comments and
 * processing instructions are passed over. Anything else (a DOCTYPE, a truncated or badly nested document, text
 * after the root) is a `SyntaxError`, so that half an answer is never taken for a whole one.
 */
export function parseXml(source: string): XmlElement {
  const stack: OpenElement[] = [];
  let root: XmlElement | undefined;
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (;;) {
    const open = source.indexOf("<", at);
    const top = stack.at(-1);
    if (open !== at) {
      const text = open < 0 ? source.slice(at) : source.slice(at, open);
      if (top) top.text += text;
      else if (text.trim() !== "") throw fault("text outside the root element", at);
    }
    if (open < 0) break;
    const next = source.charCodeAt(open + 1);
    if (next === SLASH) {
      const end = endOf(source, ">", open);
      const element = stack.pop();
      if (!element || source.slice(open + 2, end).trimEnd() !== element.tag) {
        throw fault("an end tag that fits no start tag", open);
      }
      const { name, attributes, children, text } = element;
      const own = children.length > 0 ? "" : decodeText(text);
      root = place(elementOf(name, attributes, children, own), stack.at(-1), root, open);
      at = end + 1;
    } else if (next === QUESTION_MARK) {
      at = endOf(source, "?>", open) + 2;
    } else if (next === EXCLAMATION_MARK) {
      if (source.startsWith("<!--", open)) at = endOf(source, "-->", open) + 3;
      else if (top && source.startsWith("<![CDATA[", open)) {
        const end = endOf(source, "]]>", open);
        top.text += source.slice(open + 9, end).replaceAll("&", "&amp;");
        at = end + 3;
      } else throw fault("markup that is no element", open);
    } else {
      LEAF.lastIndex = open;
      const leaf = stack.length < MAX_DEPTH ? LEAF.exec(source) : null;
      if (leaf) {
        at = LEAF.lastIndex;
        const text = decodeText(leaf[2] ?? "");
        root = place({ name: leaf[1] ?? "", children: NO_CHILDREN, text }, top, root, open);
        continue;
      }
      const end = endOfStartTag(source, open);
      const empty = source.charCodeAt(end - 1) === SLASH;
      const content = source.slice(open + 1, empty ? end - 1 : end);
      const tag = tagName(content, open);
      if (stack.length >= MAX_DEPTH) throw fault("too many levels", open);
      const name = tag.slice(tag.indexOf(":") + 1);
      const attributes = content.length > tag.length ? attributesOf(content.slice(tag.length)) : undefined;
      at = end + 1;
      if (!empty) stack.push({ name, tag, attributes, children: [], text: "" });
      else root = place(elementOf(name, attributes, NO_CHILDREN, ""), top, root, open);
    }
  }
  if (!root || stack.length > 0) throw fault("the document is not complete", source.length);
  return root;
}

/** The text of the first child with this name, if there is one. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function place(
  element: XmlElement,
  parent: OpenElement | undefined,
  root: XmlElement | undefined,
  at: number,
): XmlElement | undefined {
  if (parent) parent.children.push(element);
  else if (root) throw fault("a second root element", at);
  else return element;
  return root;
}

function elementOf(
  name: string,
  attributes: XmlElement["attributes"],
  children: readonly XmlElement[],
  text: string,
): XmlElement {
  return attributes ? { name, attributes, children, text } : { name, children, text };
}

const ATTRIBUTE = /\s([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** `rest` is what follows the name in a start tag. */
function attributesOf(rest: string): Readonly<Record<string, string>> | undefined {
  const found = [...rest.matchAll(ATTRIBUTE)].map(([, name = "", double, single]) =>
    [name, decodeText(double ?? single ?? "")] as const
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function decodeText(text: string): string {
  let decoded = "";
  let from = 0;
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", from)) {
    const end = text.indexOf(";", at);
    const body = text.slice(at + 1, end < 0 ? undefined : end);
    const entity = ENTITIES.get(body) ?? characterOf(body);
    if (entity === undefined || end < 0) {
      throw new SyntaxError(`Cannot parse XML: unknown entity ${JSON.stringify(text.slice(at, at + 20))}`);
    }
    decoded += text.slice(from, at) + entity;
    from = end + 1;
  }
  return from === 0 ? text : decoded + text.slice(from);
}

function characterOf(body: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(body) ?? [];
  if (hex === undefined && decimal === undefined) return undefined;
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}

function endOf(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from);
  if (end < 0) throw fault("the document is not complete", from);
  return end;
}

/** `content` is what stands between the angle brackets of a start tag. */
function tagName(content: string, at: number): string {
  const name = /^[A-Za-z_][\w.:-]*/.exec(content)?.[0];
  if (name === undefined) throw fault("markup that is no element", at);
  return name;
}

/** A `>` within an attribute's quotes does not end its tag. */
function endOfStartTag(source: string, from: number): number {
  const end = endOf(source, ">", from);
  const tag = source.slice(from, end);
  if (!tag.includes('"') && !tag.includes("'")) return end;
  let quote = 0;
  for (let at = from + 1; at < source.length; at++) {
    const char = source.charCodeAt(at);
    if (quote) quote = char === quote ? 0 : quote;
    else if (char === 0x22 || char === 0x27) quote = char;
    else if (char === 0x3e) return at;
  }
  throw fault("the document is not complete", from);
}

function fault(what: string, at: number): SyntaxError {
  return new SyntaxError(`Cannot parse XML: ${what}, at character ${at}`);
}
