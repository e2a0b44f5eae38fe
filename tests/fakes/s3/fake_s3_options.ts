import type { Habits } from "./operations/habits.ts";
import type { ServerSettings } from "./operations/server_state.ts";
import type { FakeServerOptions, Pace } from "@lade/testing/http";

/** What may change while a server runs: its limits, its habits and its pace. */
export interface FakeS3Settings extends ServerSettings, Pace {}

/** How a server is started. */
export interface FakeS3Options
  extends Partial<Omit<FakeS3Settings, "habits">>, Pick<FakeServerOptions, "clock" | "tls"> {
  /** How it differs from Amazon's service; in nothing by default. */
  habits?: Partial<Habits>;
  /** The id of the access key that is there from the start. */
  accessKeyId?: string;
  /** Its secret. */
  secretAccessKey?: string;
  /** Names of buckets to make. */
  buckets?: readonly string[];
  /** Hosts whose subdomains name a bucket; `localhost`, `127.0.0.1` and `s3.localhost` by default. */
  baseHosts?: readonly string[];
}
