import type { S3Surroundings } from "@lade/s3";
import { LanedTransport } from "@lade/testing/http";

/** Makes a transport that sends every request by a lane that can be, and has every part in shared memory. */
export const overLanes: NonNullable<S3Surroundings["transport"]> = ({ kind: _, ...options }) =>
  new LanedTransport(options);
