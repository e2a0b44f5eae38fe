/** How such a data set is opened. */
export interface ZarrDatasetOptions {
  /** What messages call it. */
  readonly uri?: string;
  /** Of groups the one array that is read, by its path; where a group has a single one it needs no name. */
  readonly fields?: readonly string[];
  /** Takes the rows of each chunk as one sample, rather than each row. */
  readonly wholeChunks?: boolean;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}
