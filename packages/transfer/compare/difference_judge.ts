import { type ChecksumReader, sumsOf } from "../sums/checksum_cache.ts";
import { agreementOf } from "./agreement.ts";
import type { CompareOptions } from "./compare_options.ts";
import {
  BOTH_EMPTY,
  type Difference,
  type Listed,
  NEWER,
  NOT_OLDER,
  OTHER_SIZE,
  SAME_SIZE,
  UNSEEN,
} from "./difference.ts";
import { lookCloser } from "./look_closer.ts";
import { readBoth } from "./read_sides.ts";
import { isLocal, isLocalAndLater, isNewer, isNotOlder } from "./times.ts";

/** Judges whether objects of a source and of a target are the same. */
export class DifferenceJudge {
  readonly #options: CompareOptions;
  readonly #sources: ChecksumReader | undefined;
  readonly #targets: ChecksumReader | undefined;

  /** Reads nothing yet. */
  constructor(options: CompareOptions) {
    this.#options = options;
    this.#sources = options.cache?.reader();
    this.#targets = options.cache?.reader();
  }

  /**
   * Compares two objects. Without a promise where their listings decide, and what is remembered: that is fastest where
   * pairs come in the order of their keys. A read that fails rejects, and so does one of an object that is not any more as
   * it was listed.
   */
  compare(source: Listed, target: Listed): Difference | Promise<Difference> {
    const { mode, update = false } = this.#options;
    const [from, to] = [source.meta, target.meta];
    if (update && isNewer(source, target)) return NEWER;
    if (mode === "all") return UNSEEN;
    if (from.size !== to.size) return OTHER_SIZE;
    if (from.size === 0) return BOTH_EMPTY;
    if (mode === "size") return SAME_SIZE;
    if (mode === "read") return readBoth(source, target, this.#options);
    if (mode === "time") {
      return isNotOlder(source, target) ? NOT_OLDER : lookCloser({ source, target }, this.#options);
    }
    // What is remembered of a local side is mostly enough: then the other is not looked up.
    const isTargetFirst = isLocal(target) && !isLocal(source);
    const [first, second] = isTargetFirst ? [this.#targets, this.#sources] : [this.#sources, this.#targets];
    const [one, other] = isTargetFirst ? [target, source] : [source, target];
    const ofOne = first?.find(one.uri, one.meta);
    const known = { meta: one.meta, remembered: sumsOf(ofOne) };
    const early = agreementOf(known, other);
    if (early) return early;
    const ofOther = second?.find(other.uri, other.meta);
    const knownOther = { meta: other.meta, remembered: sumsOf(ofOther) };
    const agreement = ofOther === undefined ? undefined : agreementOf(known, knownOther);
    if (agreement) return agreement;
    // A file that is another one than is remembered may have got an old time.
    const both = [ofOne, ofOther];
    const suspicion = both.find((found) => found === "changed") ?? both.find((found) => found === "touched");
    if (mode === "content" && suspicion === undefined && isNotOlder(source, target)) {
      if (!isLocalAndLater(source, target)) return NOT_OLDER;
    }
    const [ofSource, ofTarget] = isTargetFirst ? [knownOther, known] : [known, knownOther];
    const remembered = { source: ofSource.remembered, target: ofTarget.remembered };
    return lookCloser({ source, target, remembered, suspicion }, this.#options);
  }
}
