import type { Patient } from "@lade/service/diagnosis";
import type { BucketStore } from "../store/bucket_store.ts";
import type { AnswerLog } from "./answer_log.ts";

/** A bucket, or a prefix in it, that is examined. */
export interface S3Patient extends Patient {
  /** The bucket. */
  readonly store: BucketStore;
  /** The answers to all requests so far. */
  readonly answers: AnswerLog;
}
