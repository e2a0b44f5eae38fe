import { ServiceStore } from "@lade/service/store";
import type { GcsTarget } from "../client/gcs_target.ts";
import { GCS_OPERATIONS } from "./gcs_operations.ts";
import { gcsTargetOf, type GcsTargetSetup } from "./gcs_target_of.ts";

/** What a {@linkcode GcsStore} is made of. */
export interface GcsStoreSetup extends GcsTargetSetup {
  /** Frees what the store shares with others; nothing by default. */
  readonly close?: () => Promise<void>;
}

/** A bucket of Google Cloud Storage. */
export class GcsStore extends ServiceStore<GcsTarget> {
  /** Makes no request. */
  constructor(bucket: string, { close, ...setup }: GcsStoreSetup) {
    const target = gcsTargetOf(bucket, setup);
    super(target, GCS_OPERATIONS, async () => {
      await target.json.close();
      await close?.();
    });
  }
}
