import { AzureError } from "../azure_error.ts";

/** What a lease is (Lease Blob, "Remarks"). */
export type LeaseState = "available" | "leased" | "expired" | "breaking" | "broken";

/** The lease of a blob or a container. */
export class Lease {
  #id: string | undefined;
  /** How long it was taken for, in milliseconds; without end where infinite. */
  #durationMs = Infinity;
  #endsAt = Infinity;
  #breaksAt: number | undefined;

  /** The lease's id, also of one that ended. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Its state at a time. */
  state(now: number): LeaseState {
    if (this.#id === undefined) return "available";
    if (this.#breaksAt !== undefined) return now < this.#breaksAt ? "breaking" : "broken";
    return now < this.#endsAt ? "leased" : "expired";
  }

  /** Whether writes need its id. */
  isHeld(now: number): boolean {
    return ["leased", "breaking"].includes(this.state(now));
  }

  /** `infinite` or `fixed`, while it is leased. */
  duration(now: number): string | undefined {
    if (this.state(now) !== "leased") return undefined;
    return this.#durationMs === Infinity ? "infinite" : "fixed";
  }

  /** Takes it, or takes it again. */
  acquire(id: string, durationMs: number, now: number): void {
    const state = this.state(now);
    if (state === "breaking") {
      throw new AzureError(this.#id === id ? "LeaseIsBreakingAndCannotBeAcquired" : "LeaseAlreadyPresent");
    }
    if (state === "leased" && this.#id !== id) throw new AzureError("LeaseAlreadyPresent");
    this.#hold(id, durationMs, now);
  }

  /** Begins its time again. */
  renew(id: string, now: number): void {
    this.#checkId(id);
    if (["breaking", "broken"].includes(this.state(now))) {
      throw new AzureError("LeaseIsBrokenAndCannotBeRenewed");
    }
    this.#hold(id, this.#durationMs, now);
  }

  /** Gives it another id. */
  change(id: string, proposed: string, now: number): void {
    const state = this.state(now);
    if (!["leased", "breaking"].includes(state)) throw new AzureError("LeaseNotPresentWithLeaseOperation");
    if (id !== this.#id && proposed !== this.#id) throw new AzureError("LeaseIdMismatchWithLeaseOperation");
    if (state === "breaking") throw new AzureError("LeaseIsBreakingAndCannotBeChanged");
    this.#id = proposed;
  }

  /** Gives it back. */
  release(id: string): void {
    this.#checkId(id);
    this.end();
  }

  /** Lets it end, after `periodMs` or what is left of it; gives the whole seconds until then. */
  break(periodMs: number | undefined, now: number): number {
    const state = this.state(now);
    if (state === "available") throw new AzureError("LeaseNotPresentWithLeaseOperation");
    if (state === "broken" || state === "expired") {
      this.#breaksAt = now;
      return 0;
    }
    const left = state === "breaking" ? (this.#breaksAt ?? now) - now : this.#endsAt - now;
    const rest = Math.min(periodMs ?? (left === Infinity ? 0 : left), left);
    this.#breaksAt = now + rest;
    return Math.ceil(rest / 1000);
  }

  /** Makes it available. */
  end(): void {
    this.#id = undefined;
    this.#breaksAt = undefined;
  }

  /** Checks the lease of a request against it; `writes` where the request needs the id of a lease that is held. */
  check(given: string | undefined, now: number, kind: "Blob" | "Container", writes: boolean): void {
    if (given === undefined) {
      if (writes && this.isHeld(now)) throw new AzureError("LeaseIdMissing");
      return;
    }
    const state = this.state(now);
    if (state === "available") throw new AzureError(`LeaseNotPresentWith${kind}Operation`);
    if (given.toLowerCase() !== this.#id) throw new AzureError(`LeaseIdMismatchWith${kind}Operation`);
    if (!this.isHeld(now)) throw new AzureError("LeaseLost");
  }

  #hold(id: string, durationMs: number, now: number): void {
    this.#id = id;
    this.#durationMs = durationMs;
    this.#endsAt = now + durationMs;
    this.#breaksAt = undefined;
  }

  #checkId(id: string): void {
    if (this.#id === undefined) throw new AzureError("LeaseNotPresentWithLeaseOperation");
    if (id !== this.#id) throw new AzureError("LeaseIdMismatchWithLeaseOperation");
  }
}
