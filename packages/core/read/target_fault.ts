/** What is wrong with memory that is read into: what is no array of bytes would stretch them, or lose them. */
export function targetFault(target: Uint8Array): TypeError | undefined {
  if (target instanceof Uint8Array) return undefined;
  return new TypeError(`Cannot read into a value of type ${typeof target}: a Uint8Array is needed`);
}
