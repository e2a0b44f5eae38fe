/** What is wrong with compressed data: it is damaged or cut, or needs what the reader does not give. */
export type ZstdFaultKind = "damaged" | "unsupported";

/** Makes the error of a fault; `detail` says what is wrong, in words that follow the name of the data. */
export type ZstdFault = (kind: ZstdFaultKind, detail: string, cause?: unknown) => Error;
