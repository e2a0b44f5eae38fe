import type { StoreNotice } from "@lade/core";
import type { FakeS3, Habits } from "../fakes/s3/mod.ts";
import { type OpenedFake, openFake, type OpenFakeOptions } from "./open_fake.ts";

/** Parts so small that every object above a kilobyte has several. */
export const SMALL_PARTS = { multipart: { partSize: 1000 } };

/** Conditions on writes, copies and deletions, as habits name them. */
export const CONDITIONS = {
  put: ["PutObject if-match", "PutObject if-none-match"],
  complete: ["CompleteMultipartUpload if-match", "CompleteMultipartUpload if-none-match"],
  copy: ["CopyObject if-match", "CopyObject if-none-match", "CopyObject x-amz-copy-source-if-match"],
  delete: ["DeleteObject if-match"],
} as const;

/** A fake with habits, its store, and what the store has found out. */
export interface OpenedWithHabits extends OpenedFake {
  /** What was told so far. */
  readonly notices: StoreNotice[];
}

/** Starts a fake with habits and opens its bucket. */
export async function openWithHabits(
  habits: Partial<Habits>,
  options: OpenFakeOptions = {},
): Promise<OpenedWithHabits> {
  const notices: StoreNotice[] = [];
  const opened = await openFake({
    config: SMALL_PARTS,
    ...options,
    server: { habits, ...options.server },
    context: { onNotice: (notice) => notices.push(notice), random: () => 0 },
  });
  return { ...opened, notices };
}

/** The operations of the requests since the last call. */
export function operationsOf(fake: FakeS3): string[] {
  return fake.requests.splice(0).map(({ operation = "?" }) => operation);
}

/** The keys in the bucket. */
export function keysOf(fake: FakeS3): string[] {
  return fake.objects("bucket").map(({ key }) => key);
}
