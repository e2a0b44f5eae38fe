import { LinkedList } from "./linked_list.ts";

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
  readonly all = new LinkedList<AbortFollower>();

  handleEvent(): void {
    for (let link; (link = this.all.first);) {
      this.all.remove(link);
      try {
        link.item.handleEvent();
      } catch (error) {
        // As of any listener: the others are told all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

const followers = new WeakMap<AbortSignal, Followers>();

/**
 * Tells `follower` once `signal` is aborted, in the order in which they began, until the function that this gives is
 * called. Beginning and leaving take the same time however many follow the signal. One that is aborted already tells nobody,
 * and one that nobody follows any more has no listener.
 */
export function followAbort(signal: AbortSignal, follower: AbortFollower): () => void {
  if (signal.aborted) return () => {};
  const known = followers.get(signal) ?? new Followers();
  const { all } = known;
  if (all.size === 0) {
    followers.set(signal, known);
    signal.addEventListener("abort", known, { once: true });
  }
  const link = all.add(follower);
  return () => {
    if (!link.isIn) return;
    all.remove(link);
    if (all.size === 0) signal.removeEventListener("abort", known);
  };
}
