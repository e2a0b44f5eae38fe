import { ServiceFault } from "@lade/testing/http";

/** Codes of a service, each with its status and usual message. */
export type Catalogue = Readonly<Record<string, readonly [status: number, message: string]>>;

/** What replaces, or adds to, what a catalogue says of a code. */
export interface FaultDetails {
  readonly message?: string;
  readonly status?: number;
  readonly details?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** A refusal by a code of a service's catalogue. */
export class CatalogueFault<C extends Catalogue> extends ServiceFault {
  constructor(catalogue: C, code: keyof C & string, options: FaultDetails = {}) {
    const [status = 500, message] = catalogue[code] ?? [];
    super({ status, message, ...options, code });
  }
}
