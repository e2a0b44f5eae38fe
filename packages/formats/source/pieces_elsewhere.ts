import type { StoreContext } from "@lade/core";
import type { HeldObject } from "@lade/core/seams";

/** Bytes of a piece: the one that is looked at and those under way lie in a cache that cores share. */
const PIECE = 2 ** 22;
/** Bytes between two pieces, which are left to this core. */
const BETWEEN = 2 ** 20;
/** Pieces that are under way at a time. */
const UNDER_WAY = 2;

/** What {@linkcode PiecesElsewhere} reads. */
export interface PiecesElsewhereSetup {
  /** Holds the object open, where that can be now. */
  readonly hold: () => HeldObject | undefined;
  readonly context: Pick<StoreContext, "budget" | "buffers">;
  /** Where the bytes end. */
  readonly end: number;
}

/** The object, held open once more, and memory for a piece. */
interface Place extends Disposable {
  readonly held: HeldObject;
  readonly bytes: Uint8Array;
}

interface Piece {
  readonly offset: number;
  readonly place: Place;
  readonly bytes: Uint8Array;
  readonly isWhole: Promise<boolean>;
}

/** Pieces of an object that other cores read, while this one reads and looks at what lies between them. */
export class PiecesElsewhere implements AsyncDisposable {
  readonly #setup: PiecesElsewhereSetup;
  readonly #pieces: Piece[] = [];
  readonly #places: Place[] = [];
  readonly #free: Place[] = [];
  /** That of the piece that was taken last. */
  #taken: Place | undefined;
  #next = 0;

  constructor(setup: PiecesElsewhereSetup) {
    this.#setup = setup;
  }

  /** Where the next piece begins; beyond all bytes where none is under way. */
  get offset(): number {
    return this.#pieces[0]?.offset ?? Infinity;
  }

  /** Has pieces read beyond `at`, if fewer are under way than may be. Without memory there are none. */
  start(at: number): void {
    const { end } = this.#setup;
    if (this.#next <= at) this.#next = at + BETWEEN;
    while (this.#pieces.length < UNDER_WAY && this.#next < end) {
      const place = this.#free.pop() ?? this.#open();
      if (!place) return;
      const offset = this.#next;
      const bytes = place.bytes.subarray(0, Math.min(PIECE, end - offset));
      const isWhole = place.held.readLater(offset, bytes).catch(() => false);
      this.#pieces.push({ offset, place, bytes, isWhole });
      this.#next += PIECE + BETWEEN;
    }
  }

  /** The next piece, valid until another is taken; nothing where its bytes did not come, or are of another version. */
  async take(): Promise<Uint8Array | undefined> {
    const piece = this.#pieces.shift();
    if (this.#taken) this.#free.push(this.#taken);
    this.#taken = piece?.place;
    if (!piece || !await piece.isWhole || !piece.place.held.isUnchanged()) return undefined;
    this.start(piece.offset + piece.bytes.length);
    return piece.bytes;
  }

  /** Waits for what is under way, and closes the object. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { isWhole } of this.#pieces.splice(0)) await isWhole;
    for (const place of this.#places.splice(0)) place[Symbol.dispose]();
  }

  #open(): Place | undefined {
    const { hold, context: { budget, buffers } } = this.#setup;
    const lease = budget.tryAcquire(PIECE);
    if (!lease) return undefined;
    using opened = new DisposableStack();
    opened.use(lease);
    const held = hold();
    if (!held) return undefined;
    opened.use(held);
    const { bytes } = opened.use(buffers.lease(PIECE));
    const owned = opened.move();
    const place = { held, bytes, [Symbol.dispose]: () => owned.dispose() };
    this.#places.push(place);
    return place;
  }
}
