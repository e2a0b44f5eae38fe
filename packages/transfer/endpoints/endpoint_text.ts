import type { LearnedEndpoint } from "@lade/core/backend";

/** Limits that are kept at most, two for an endpoint; the ones that were learned the longest ago go first. */
export const MOST_ENTRIES = 512;
/** Days after which what was learned counts no more. */
export const MOST_DAYS = 7;

const MOST_IN_FLIGHT = 1_024;
const LONGEST_ENDPOINT = 300;

/** Writes the text of a file of endpoints. */
export function writeEndpoints(learned: readonly LearnedEndpoint[]): string {
  const lines = learned.map(({ endpoint, direction, limit, rate, learnedMs }) =>
    JSON.stringify({ endpoint, direction, limit, rate, learnedMs })
  );
  return `[\n${lines.join(",\n")}\n]\n`;
}

/** What the text of a file says; whatever is not of ours is left out. */
export function parseEndpoints(text: string): LearnedEndpoint[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.slice(0, MOST_ENTRIES).flatMap(entryOf) : [];
}

function entryOf(found: unknown): LearnedEndpoint[] {
  if (typeof found !== "object" || found === null) return [];
  const { endpoint, direction, limit, rate, learnedMs } = found as Record<string, unknown>;
  if (typeof endpoint !== "string" || !isOrigin(endpoint)) return [];
  if (direction !== "read" && direction !== "write") return [];
  if (typeof limit !== "number" || !Number.isSafeInteger(limit)) return [];
  if (limit < 1 || limit > MOST_IN_FLIGHT) return [];
  if (typeof learnedMs !== "number" || !Number.isFinite(learnedMs)) return [];
  if (rate === undefined) return [{ endpoint, direction, limit, learnedMs }];
  if (typeof rate !== "number" || !Number.isFinite(rate) || rate <= 0) return [];
  return [{ endpoint, direction, limit, rate, learnedMs }];
}

function isOrigin(text: string): boolean {
  return text.length <= LONGEST_ENDPOINT && /^https?:/.test(text) && URL.parse(text)?.origin === text;
}
