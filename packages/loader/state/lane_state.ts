/** Where a lane of a stream is, of which samples can only be gone through. */
export interface LaneState {
  /** Samples that were handed out, those that were skipped with them. */
  readonly taken: number;
  /** Which of the lane's parts, in their order, the samples that are shuffled together begin in. */
  readonly part: number;
  /** Which record of that part is the first of them. */
  readonly record: number;
}

/** Where a lane begins. */
export const LANE_START: LaneState = { taken: 0, part: 0, record: 0 };

/** What is wrong with a lane's state, of a lane of `parts` parts and windows of `window` samples; `undefined` if nothing is. */
export function laneFault(
  state: LaneState,
  { parts, window }: { readonly parts: number; readonly window: number },
): string | undefined {
  if (typeof state !== "object" || state === null) return "is none";
  const { taken, part, record } = state;
  for (const [name, value] of Object.entries({ taken, part, record })) {
    if (!(Number.isSafeInteger(value) && value >= 0)) return `has ${name} ${value}`;
  }
  if (part > parts) return `is at part ${part} of ${parts}`;
  const mayBeAnywhere = taken >= window || part === parts;
  return mayBeAnywhere || (part === 0 && record === 0)
    ? undefined
    : "is in its first window, and begins elsewhere";
}
