/** Who is told of an abort. */
export interface AbortFollower {
  /** Called once, when the signal is aborted. */
  handleEvent(): void;
}

/**
 * Those who follow one signal, as the one listener that it has for all of them: the listeners of a signal are a list, which
 * takes the longer to change the more there are.
 */
class Followers {
  readonly all = new Set<AbortFollower>();

  handleEvent(): void {
    for (const follower of this.all) {
      this.all.delete(follower);
      try {
        follower.handleEvent();
      } catch (error) {
        // As of any listener: the others are told all the same.
        reportError(error);
      }
    }
  }
}

const followers = new WeakMap<AbortSignal, Followers>();

/**
 * Tells `follower` once `signal` is aborted, in the order in which they began, until {@linkcode leaveAbort}. Beginning and
 * leaving take the same time however many follow the signal. One that is aborted already tells nobody.
 */
export function followAbort(signal: AbortSignal, follower: AbortFollower): void {
  if (signal.aborted) return;
  let known = followers.get(signal);
  if (!known) followers.set(signal, known = new Followers());
  if (known.all.size === 0) signal.addEventListener("abort", known, { once: true });
  known.all.add(follower);
}

/** Ends what {@linkcode followAbort} began. A signal that nobody follows any more has no listener. */
export function leaveAbort(signal: AbortSignal, follower: AbortFollower): void {
  const known = followers.get(signal);
  if (known?.all.delete(follower) && known.all.size === 0) signal.removeEventListener("abort", known);
}
