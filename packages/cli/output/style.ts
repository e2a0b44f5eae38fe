/** How text for people looks on one stream. */
export interface Style {
  /** Writes text faint, for what matters less. */
  dim(text: string): string;
  /** Writes text in the colour of failures. */
  alarm(text: string): string;
}

/** Makes a style; without colours text stays as it is. */
export function createStyle(options: { readonly colors?: boolean } = {}): Style {
  const paint = (code: number) => (text: string) => options.colors ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { dim: paint(2), alarm: paint(31) };
}
