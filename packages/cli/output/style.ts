/** How text for people looks on one stream. */
export interface Style {
  /** Sizes are written as `1.50 MiB` instead of in bytes. */
  readonly humanSizes: boolean;
  /** Writes text faint, for what matters less. */
  dim(text: string): string;
  /** Writes text in the colour of failures. */
  alarm(text: string): string;
}

/** Makes a style; without colours text stays as it is. */
export function createStyle(
  options: { readonly colors?: boolean; readonly humanSizes?: boolean } = {},
): Style {
  const { colors = false, humanSizes = false } = options;
  const paint = (code: number) => (text: string) => colors ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { humanSizes, dim: paint(2), alarm: paint(31) };
}
