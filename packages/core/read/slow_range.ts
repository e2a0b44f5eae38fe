import type { Hedge } from "../concurrency/hedge_budget.ts";
import type { RangeHedges } from "../concurrency/range_hedges.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { StoreError } from "../errors/store_error.ts";

/** Asks for bytes of the object that is read. */
export type AskRange = (offset: number, length: number, signal: AbortSignal) => Promise<GetResult>;

/** Fewer bytes are there before anybody can say that they are slow. */
const FEWEST_BYTES = 2 ** 20;
/** Bytes of a second answer that are read to be thrown away, at a time. */
const SKIP_STEP = 2 ** 16;

/** Follows the answers of a chunk, where a store asks for anything twice. */
export function slowRange(
  { limits: { hedges } }: Pick<ObjectStore, "limits">,
  ask: AskRange,
  signal: AbortSignal | undefined,
): SlowRange | undefined {
  return hedges && new SlowRange(hedges, ask, signal);
}

/**
 * Follows the answer of a chunk. Where its bytes come far slower than those of its peers, what is left is asked for a second
 * time. The answer is cancelled once the second one has come as far, and not where it ends before: the bytes that came are
 * kept, and the second answer goes on where they end.
 */
export class SlowRange implements Disposable {
  readonly #hedges: RangeHedges;
  readonly #ask: AskRange;
  readonly #signal: AbortSignal | undefined;
  #unwatch: (() => void) | undefined;
  #second: { readonly answer: Promise<GetResult | undefined>; readonly leave: Hedge } | undefined;
  #ending: AbortController | undefined;
  /** What an answer that is overtaken is cancelled with. */
  #overtaken: DOMException | undefined;

  constructor(hedges: RangeHedges, ask: AskRange, signal: AbortSignal | undefined) {
    this.#hedges = hedges;
    this.#ask = ask;
    this.#signal = signal;
  }

  /** Follows the next answer, whose bytes are about to be read; an earlier one has ended. */
  follow(answer: GetResult): void {
    this[Symbol.dispose]();
    const { bytesRead, range: { length } } = answer;
    if (!answer.arrivals || length - bytesRead < FEWEST_BYTES) return;
    this.#unwatch = this.#hedges.watch({
      length,
      arrivals: () => answer.arrivals?.(),
      hedge: (leave) => this.#askAgain(answer, leave),
    });
  }

  /**
   * The second answer, from `offset` on, after the first has failed or was cancelled for it; nothing where there is none, or
   * where the failure is not one of the answer.
   */
  async goOn(offset: number, error: unknown): Promise<GetResult | undefined> {
    if (!this.isOvertaken(error) && !(error instanceof StoreError && error.retryable)) return undefined;
    const second = this.#second;
    this.#second = undefined;
    const answer = await second?.answer;
    if (!answer) return undefined;
    const isThere = await skip(answer, offset - answer.range.offset);
    second?.leave.settle(isThere);
    if (isThere) return answer;
    await answer.cancel();
    return undefined;
  }

  /** Whether an answer was cancelled for the second one: its failure is none of the object's. */
  isOvertaken(error: unknown): boolean {
    return error !== undefined && error === this.#overtaken;
  }

  /** Follows nothing any more, and gives up a second answer that nobody waits for. */
  [Symbol.dispose](): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    const second = this.#second;
    this.#second = undefined;
    if (!second) return;
    second.leave.settle(this.#signal?.aborted ? undefined : false);
    this.#ending?.abort(new DOMException("The first answer was there before", "AbortError"));
    void second.answer.then((answer) => answer?.cancel());
  }

  #askAgain(first: GetResult, leave: Hedge): void {
    const { signal: own } = this.#ending = new AbortController();
    const signal = this.#signal ? AbortSignal.any([this.#signal, own]) : own;
    const { range: { offset, length } } = first;
    const came = first.arrivals?.()?.bytes ?? 0;
    const answer = this.#ask(offset + came, length - came, signal).then(async (answer) => {
      await catchUp(answer, () => own.aborted ? 0 : offset + (first.arrivals?.()?.bytes ?? 0));
      if (this.#second) await first.cancel(this.#overtaken ??= overtaken());
      return answer;
    }).catch(() => {
      // The first answer is still read, and what is wrong shows there too.
      leave.settle(false);
      return undefined;
    });
    this.#second = { answer, leave };
  }
}

/** Reads up to where another answer is by now. One that is slower than that one never gets there. */
async function catchUp(answer: GetResult, reached: () => number): Promise<void> {
  const { range: { offset } } = answer;
  let scratch: Uint8Array | undefined;
  for (let behind; (behind = reached() - offset - answer.bytesRead) > 0;) {
    scratch ??= new Uint8Array(SKIP_STEP);
    await answer.readInto(scratch.subarray(0, behind));
  }
}

/** Reads bytes that are there already; whether it then stands behind so many. */
async function skip(answer: GetResult, count: number): Promise<boolean> {
  try {
    await catchUp(answer, () => answer.range.offset + count);
    return answer.bytesRead === count;
  } catch {
    return false;
  }
}

function overtaken(): DOMException {
  return new DOMException("Another answer is faster", "AbortError");
}
