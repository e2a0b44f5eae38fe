import type { Check } from "@lade/core/backend";
import type { ShownSetting } from "@lade/core/settings";
import type { AnswerLog } from "./answer_log.ts";

/** Where a setting came from, in words that stand behind its value. */
export function origin(source: string): string {
  if (source === "default") return "by default";
  return source === "option" ? "as given by option" : `from ${source}`;
}

/** Where requests go. */
export interface EndpointTold {
  /** URL of the service. */
  readonly url: string;
  /** Where it came from. */
  readonly source: string;
  /** What else there is to say of it. */
  readonly more?: string;
  /** The same for programs. */
  readonly facts?: Check["facts"];
}

/** Says where requests go, and how long the first connection took. */
export function tellEndpoint(
  { url, source, more, facts }: EndpointTold,
  { answers: [first] }: AnswerLog,
): Check {
  const words = [url, origin(source), more, first && `connected in ${first.connectMs.toFixed(1)} ms`];
  return {
    name: "endpoint",
    outcome: "ok",
    detail: words.filter((each) => each !== undefined).join(", "),
    facts: {
      endpoint: url,
      source,
      ...facts,
      ...(first ? { connectMs: first.connectMs } : {}),
      ...(first?.remoteAddress === undefined ? {} : { remoteAddress: first.remoteAddress }),
    },
  };
}

/** Says what else is configured, and where; `told` names the settings that have checks of their own. */
export function tellSettings(shown: readonly ShownSetting[], told: ReadonlySet<string>): Check[] {
  const others = shown.filter(({ name }) => !told.has(name));
  if (others.length === 0) return [];
  const detail = others.map(({ name, value, source }) => `${name} ${value}, ${origin(source)}`).join("; ");
  const facts = Object.fromEntries(others.map(({ name, value }) => [name, value]));
  return [{ name: "settings", outcome: "ok", detail, facts }];
}

/** How long credentials work yet, in words that follow what they are; empty where they do not end. */
export function tellLifetime(expiration: Date | undefined, nowMs: number): string {
  if (!expiration) return "";
  const minutes = Math.round((expiration.getTime() - nowMs) / 60_000);
  return minutes < 0 ? `, expired ${-minutes} min ago` : `, for another ${minutes} min`;
}
