/** What random keys are made for, so that none is made for two things. Never renumbered. */
export const PURPOSE = {
  full: 1,
  blocks: 2,
  windows: 3,
  weighted: 4,
  mixed: 5,
  sample: 6,
  stream: 7,
  part: 8,
  draw: 9,
} as const;
