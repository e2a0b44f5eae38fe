/** What a file system takes for one name. */
export interface Folding {
  /** Upper and lower case. */
  readonly case: boolean;
  /** Composed and decomposed forms of a character: `ü`, and `u` with two dots behind it. */
  readonly form: boolean;
}

/**
 * A name of which all are alike that a file system takes for one. Where file systems differ (`ß` and `ss`, `ı` and `i`)
 * more are alike than some take for one: a clash that is told is better than a file that is lost.
 */
export function foldName(name: string, { case: foldsCase, form }: Folding): string {
  const plain = form ? name.normalize("NFD") : name;
  return foldsCase ? (form ? cased(plain).normalize("NFD") : cased(plain)) : plain;
}

/** By upper case first: what has several small letters, such as the two of sigma, has one large letter. */
function cased(name: string): string {
  return name.toUpperCase().toLowerCase().replaceAll("ς", "σ");
}
