/**
 * A number as JavaScript writes it, where it would take more than `room` characters with fewer digits behind its point:
 * an ellipsis stands for the others, and what tells the size stays, as `-1.2…e-7` of `-1.2345e-7`. Whole numbers have
 * no digit that could go, and are given back as they are.
 *
 * @param room at least 8
 */
export function cutNumber(text: string, room: number): string {
  if (text.length <= room) return text;
  const [, whole = "", fraction = "", exponent = ""] = /^(-?\d+)(?:\.(\d+))?(e[-+]\d+)?$/.exec(text) ?? [];
  if (fraction === "") return text;
  const digits = room - whole.length - exponent.length - 2;
  const shown = fraction.slice(0, Math.max(0, digits));
  if (exponent !== "") return digits < -1 ? text : `${whole}${shown === "" ? "" : `.${shown}`}…${exponent}`;
  // The zeros of 0.0000012 alone would read as nothing, and 123456… as more than it is.
  if (shown !== "" && /[1-9]/.test(whole + shown)) return `${whole}.${shown}…`;
  return cutNumber(Number(text).toExponential(), room);
}
