import type { ResponseHeaders } from "./response_headers.ts";

/** What only a service puts into its answers. Names of headers are in lower case. */
export interface SignNames {
  /** Headers by which a service names each of its answers, such as a request id. */
  readonly ids: readonly string[];
  /** How headers begin that only the service sends. */
  readonly prefixes: readonly string[];
  /** Whether every service of the kind names its answers, so that the first one is held to it too. */
  readonly always?: boolean;
}

/**
 * What the answers of one endpoint have shown of it, by which an answer of another party is recognized: a proxy, a captive
 * portal. A service that names its answers is held to it, unless one that was surely its own came without a name.
 */
export class EndpointSigns {
  readonly #names: SignNames;
  #named = false;
  #nameless = false;

  /** Nothing is known yet. */
  constructor(names: SignNames) {
    this.#names = names;
  }

  /** Whether an answer without a sign is somebody else's. */
  get demanded(): boolean {
    return (this.#named || this.#names.always === true) && !this.#nameless;
  }

  /** Whether some answer was surely the service's. */
  get proven(): boolean {
    return this.#named || this.#nameless;
  }

  /** The headers that name an answer, for messages. */
  get ids(): string {
    return this.#names.ids[0] ?? "";
  }

  /** Whether an answer bears a sign of the service. */
  marks(headers: ResponseHeaders): boolean {
    const { ids, prefixes } = this.#names;
    if (ids.some((name) => headers.has(name))) return true;
    return prefixes.some((prefix) => headers.beginningWith(prefix).length > 0);
  }

  /** Takes note of an answer. `own` says that its content is one that only the service can have sent. */
  note(headers: ResponseHeaders, own: boolean): void {
    if (this.#named && !own) return;
    if (this.#names.ids.some((name) => headers.has(name))) this.#named = true;
    else if (own && !this.marks(headers)) this.#nameless = true;
  }
}
