/** What is known of one endpoint: whether it was ever there, and whether it is now. */
export interface EndpointHealth {
  /**
   * `"new"`: nothing has come from it yet. `"known"`: it has answered. `"lost"`: it has answered, and then was waited
   * for in vain; the next answer makes it known again.
   */
  readonly state: "new" | "known" | "lost";
  /** When it last answered with what calls for no other try, on the monotonic clock. */
  readonly answeredMs: number;
}

const NEW: EndpointHealth = { state: "new", answeredMs: -Infinity };

/** The health of every endpoint of a transport. */
export class EndpointHealths {
  readonly #known = new Map<string, { state: EndpointHealth["state"]; answeredMs: number }>();

  /** What is known of `endpoint`. */
  of(endpoint: string): EndpointHealth {
    return this.#known.get(endpoint) ?? NEW;
  }

  /** Notes an answer that calls for no other try. */
  answered(endpoint: string, nowMs: number): void {
    const known = this.#known.get(endpoint);
    if (!known) this.#known.set(endpoint, { state: "known", answeredMs: nowMs });
    else {
      known.state = "known";
      known.answeredMs = nowMs;
    }
  }

  /** Notes that `endpoint`, if it is known, was waited for in vain. */
  lost(endpoint: string): void {
    const known = this.#known.get(endpoint);
    if (known) known.state = "lost";
  }
}
