/** A time in the form Signature Version 4 has it: `20130524T000000Z`. */
export function amzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, "");
}
