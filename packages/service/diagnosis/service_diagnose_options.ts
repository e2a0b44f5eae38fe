/** How much a diagnosis of a service does. */
export interface ServiceDiagnoseOptions {
  /** Begins the keys that are read and made; a slash is added where it lacks one. */
  readonly prefix?: string;
  /** Also writes, reads back and removes temporary objects, named `.lade-doctor-…`. */
  readonly write?: boolean;
  /** How long each measurement of throughput takes, in milliseconds; 2,000 by default. */
  readonly measureMs?: number;
  /** Bytes that each of them moves at most; 256 MiB by default. */
  readonly maxBytes?: number;
}

/** These options, complete; the prefix is empty or ends in a slash. */
export function completeDiagnosis(
  { maxBytes = 2 ** 28, measureMs = 2_000, prefix = "", write = false }: ServiceDiagnoseOptions,
): Required<ServiceDiagnoseOptions> {
  return {
    maxBytes,
    measureMs,
    prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`,
    write,
  };
}
