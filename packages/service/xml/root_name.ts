const ROOT = /^[\s\ufeff]*(?:<\?[^]*?\?>\s*|<!--[^]*?-->\s*)*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?=[\s/>])/;

/** The name of the root element of a document, without its namespace prefix, from its start; `undefined` for no XML. */
export function rootName(start: string): string | undefined {
  return ROOT.exec(start)?.[1];
}
