import type { S3Surroundings } from "@lade/s3";
import { LanedTransport } from "@lade/testing/http";

/** Makes a transport that sends every request without a body by a lane. */
export const overLanes: NonNullable<S3Surroundings["transport"]> = ({ kind: _, ...options }) =>
  new LanedTransport(options);
