import type { Content } from "../../parts/content.ts";

/** What a blob is made of. */
export type BlobType = "BlockBlob" | "AppendBlob" | "PageBlob";

/** Header fields of a blob that are given back as they came, by their lower-case names. */
export const CONTENT_FIELDS = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-disposition",
  "cache-control",
  "content-md5",
] as const;

/** The name of one of {@linkcode CONTENT_FIELDS}. */
export type ContentField = typeof CONTENT_FIELDS[number];

/** A block, committed or not. */
export interface Block {
  /** Its id, in base64. */
  readonly id: string;
  /** Its bytes. */
  readonly content: Content;
}

/** A copy into a blob. */
export interface CopyState {
  /** Its id. */
  readonly id: string;
  /** Where from, without the secret of a shared access signature. */
  readonly source: string;
  /** How it stands. */
  status: "pending" | "success" | "aborted" | "failed";
  /** Why it failed. */
  description?: string;
  /** Bytes to copy. */
  readonly total: number;
  /** When it began, milliseconds since the epoch. */
  readonly beganAt: number;
  /** How long it takes, in milliseconds. */
  readonly lastsMs: number;
  /** When it was over. */
  endedAt?: number;
}

/** What a client may say about a blob beside its bytes. */
export interface BlobAttributes {
  /** Header fields. */
  fields: Partial<Record<ContentField, string>>;
  /** Metadata, names as they came. */
  metadata: ReadonlyMap<string, string>;
  /** Tags. */
  tags: ReadonlyMap<string, string>;
  /** The access tier that was asked for. */
  tier?: string;
  /** The encryption scope that was asked for. */
  encryptionScope?: string;
}

/** One state of a blob: the blob itself, a version of it, or a snapshot. */
export interface StoredBlob extends BlobAttributes {
  /** The key. */
  readonly key: string;
  /** What it is made of. */
  readonly type: BlobType;
  /** The bytes. */
  content: Content;
  /** The blocks, where it was written by blocks. */
  blocks: readonly Block[];
  /** The etag in quotes. */
  etag: string;
  /** When it was changed, milliseconds since the epoch, whole seconds. */
  lastModified: number;
  /** When it was made, milliseconds since the epoch. */
  createdOn: number;
  /** When the tier was set. */
  tierChangedAt?: number;
  /** A tier on its way out of the archive. */
  rehydration?: { readonly to: string; readonly endsAt: number; readonly priority: string };
  /** The version, where versions are kept. */
  versionId?: string;
  /** The time of a snapshot. */
  snapshot?: string;
  /** When it was deleted, where what is deleted is kept. */
  deletedAt?: number;
  /** The copy that made it, or is to. */
  copy?: CopyState;
  /** Until when it cannot change, and whether that can. */
  immutability?: { readonly until: number; readonly mode: "Unlocked" | "Locked" };
  /** It cannot change at all. */
  legalHold: boolean;
  /** It is a directory of a hierarchical namespace. */
  isDirectory: boolean;
}

/** Attributes of a blob about which nothing was said. */
export function plainAttributes(): BlobAttributes {
  return { fields: {}, metadata: new Map(), tags: new Map() };
}
