/** What takes two columns of a terminal, and what takes none. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303f\uff01-\uff60]/u;
const EMPTY = /[\p{M}\u200d]/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that a printable text takes on a terminal. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, or as much of its start as fits into `width` columns with an ellipsis behind it. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = "";
  let taken = 0;
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

function characterWidth(character: string): number {
  if (character < "\x7f") return 1;
  return EMPTY.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}
