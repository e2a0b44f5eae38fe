import type { ObjectAttributes, ObjectMeta } from "@lade/core";
import type { CompareOptions } from "../compare/compare_options.ts";
import type { JournalRequest } from "../execute/kept_journal.ts";
import type { TransferCounts } from "../execute/transfer_tally.ts";
import type { TransferListener } from "../execute/transfer_listener.ts";
import type { Place } from "../places/place.ts";
import type { LinkMode } from "../plan/link_mode.ts";
import type { Shard } from "@lade/core/shard";
import type { ObjectFilter } from "../filter/object_filter.ts";

/** How many objects may be deleted: a number, or a share of what the destination has. */
export type DeletionLimit =
  | { readonly objects: number }
  /** Percent of the objects that the destination has, from 0 to 100. */
  | { readonly percent: number };

/** What messages say to do, in the words of the caller. */
export interface SyncAdvice {
  /** Where the source has nothing, so that everything would be deleted. */
  readonly allowEmpty: string;
  /** Where more would be deleted than may be. */
  readonly maxDelete: string;
  /** Where the source is an object. */
  readonly object: string;
}

/** Advice for scripts. */
export const SCRIPT_ADVICE: SyncAdvice = {
  allowEmpty: "allowEmpty: true deletes everything",
  maxDelete: "a higher maxDelete lets it",
  object: "copy() takes one object",
};

/** How a tree is brought up to date. */
export interface SyncOptions extends Partial<Pick<CompareOptions, "mode" | "update" | "cache">> {
  /** Deletes from the destination what the source does not have, last and only if nothing failed; false by default. */
  readonly delete?: boolean;
  /** Deletes nothing where more would have to be deleted; no limit by default. */
  readonly maxDelete?: DeletionLimit;
  /** Deletes also where the source has nothing at all; false by default. */
  readonly allowEmpty?: boolean;
  /** Takes only what this says yes to, by what a listing has of it and its name below the prefix; the rest stays as it is. */
  readonly filter?: ObjectFilter;
  /** Does only a share of the names, and leaves the rest as it is; everything by default. */
  readonly shard?: Shard;
  /**
   * Whether symbolic links of a local source are followed, or left out with what lies behind them: then the destination keeps
   * what it has of their names. Followed by default.
   */
  readonly links?: Exclude<LinkMode, "preserve">;
  /** The first failure ends it; false by default. */
  readonly failFast?: boolean;
  /** Leaves alone what exists at the destination, without comparing it; false by default. */
  readonly createOnly?: boolean;
  /** Does nothing, and reports what would be done. */
  readonly dryRun?: boolean;
  /** Keeps a journal, by which the same call goes on with large objects that an earlier one had begun; none by default. */
  readonly journal?: JournalRequest | undefined;
  /** Objects in flight; 32 by default, fewer where memory or descriptors do not suffice. */
  readonly concurrency?: number;
  /** Attributes to store in place of those of the source. */
  readonly attributes?: ObjectAttributes;
  /** Copies are dated as their sources, and the time of change of local files is kept; true by default. */
  readonly keepTime?: boolean;
  /** What comes without a media type gets that of its name; true by default. */
  readonly guessContentType?: boolean;
}

/** What is brought up to date, and by what. */
export interface SyncRequest extends SyncOptions {
  /** The command, for messages: `sync`. */
  readonly operation: string;
  /** The URI or local path of the tree that is the source. */
  readonly source: string;
  /** The prefix that becomes like it. */
  readonly destination: Place;
  /** Where what is replaced or deleted is kept, each under its name; nothing is kept by default. */
  readonly backup?: Place;
  /** What messages say to do; that of scripts by default. */
  readonly advice?: SyncAdvice;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Takes what becomes of each object. What it throws ends the synchronization. */
export interface SyncListener extends TransferListener {
  /** Called when an object of the destination is deleted, or would be. */
  deleted(uri: string, listed: ObjectMeta): Promise<void>;
  /** Called when an object of the destination is kept in the backup, or would be: as a copy, or moved there. */
  backedUp(from: string, to: string, how: "copied" | "moved"): Promise<void>;
}

/** What a synchronization came to. */
export interface SyncCounts extends TransferCounts {
  /** Objects that were the same already, or left alone. */
  readonly unchanged: number;
  /** Objects deleted from the destination. */
  readonly deleted: number;
}
