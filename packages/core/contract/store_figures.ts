/** What one address of a service did. */
export interface AddressFigures {
  /** Scheme, host and port that were asked for. */
  readonly endpoint: string;
  /** Address and port of the other side; the endpoint's own where the address is not known. */
  readonly address: string;
  /** Connections that were opened to it. */
  readonly connections: number;
  /** Requests that it answered. */
  readonly requests: number;
  /** Tries that failed there: connections that could not be opened or broke off, and answers that say so (429 and 5xx). */
  readonly failed: number;
  /** Bytes of bodies that came from it. */
  readonly bytes: number;
  /** From the end of a request to the first byte of its answer, in milliseconds, on average; 0 without an answer. */
  readonly firstByteMs: number;
  /** Whether it is avoided now, because other addresses of the endpoint do better. */
  readonly avoided: boolean;
}

/** Requests that were made once more because the first was slow. */
export interface HedgeFigures {
  /** How many were made. */
  readonly issued: number;
  /** How many of them were answered first. */
  readonly won: number;
}

/** For what was waited how long, in milliseconds, over all requests and files together: those that wait at once all count. */
export interface WaitFigures {
  /** For connections. */
  readonly connecting: number;
  /** For bytes of requests to go out. */
  readonly sending: number;
  /** From the end of requests to the first byte of their answers. */
  readonly answers: number;
  /** For bytes of answers. */
  readonly bytes: number;
  /** For the disk to give bytes. */
  readonly reading: number;
  /** For the disk to take bytes. */
  readonly writing: number;
}

/**
 * What a store and those that share its connections have done so far. The numbers go on counting: a call of
 * {@linkcode sumFigures} keeps those of a moment.
 */
export interface StoreFigures {
  /** Requests that were sent, each try counted. */
  readonly requests: number;
  /** Those of them that repeated one which failed. */
  readonly retries: number;
  /** Answers that asked for fewer requests (429 and 503). */
  readonly throttled: number;
  /** Requests that were made once more because the first was slow. */
  readonly hedges: HedgeFigures;
  /** Bytes of bodies that came from the service, or of files that were read. */
  readonly bytesRead: number;
  /** Bytes of bodies that went to the service, or of files that were written. */
  readonly bytesWritten: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** Threads of their own that were started to move large bodies. */
  readonly lanes: number;
  /** For what was waited how long. */
  readonly waitedMs: WaitFigures;
  /** The shortest wait for an answer to a request that had been sent, in milliseconds; absent before there was one. */
  readonly leastAnswerMs?: number | undefined;
  /** What each address did. */
  readonly addresses: readonly AddressFigures[];
}

/** Adds up figures as they are now. Stores that share their connections have one object of figures, which counts once. */
export function sumFigures(all: Iterable<StoreFigures>): StoreFigures {
  const sum = {
    ...{ requests: 0, retries: 0, throttled: 0, hedges: { issued: 0, won: 0 } },
    ...{ bytesRead: 0, bytesWritten: 0, connections: 0, lanes: 0 },
    waitedMs: { connecting: 0, sending: 0, answers: 0, bytes: 0, reading: 0, writing: 0 },
    addresses: [] as AddressFigures[],
  };
  for (const figures of new Set(all)) {
    sum.requests += figures.requests;
    sum.retries += figures.retries;
    sum.throttled += figures.throttled;
    sum.hedges.issued += figures.hedges.issued;
    sum.hedges.won += figures.hedges.won;
    sum.bytesRead += figures.bytesRead;
    sum.bytesWritten += figures.bytesWritten;
    sum.connections += figures.connections;
    sum.lanes += figures.lanes;
    for (const name of Object.keys(sum.waitedMs) as (keyof WaitFigures)[]) {
      sum.waitedMs[name] += figures.waitedMs[name];
    }
    for (const each of figures.addresses) {
      const { address, avoided, bytes, connections, endpoint, failed, firstByteMs, requests } = each;
      sum.addresses.push({ endpoint, address, connections, requests, failed, bytes, firstByteMs, avoided });
    }
  }
  return sum;
}
