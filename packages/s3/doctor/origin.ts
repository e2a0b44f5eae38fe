/** Where a setting came from, in words that stand behind its value. */
export function origin(source: string): string {
  if (source === "default") return "by default";
  return source === "option" ? "as given by option" : `from ${source}`;
}
