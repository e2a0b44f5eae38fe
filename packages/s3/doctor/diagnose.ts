import type { Check } from "@lade/core/backend";
import {
  beginDiagnosis,
  examineService,
  failedCheck,
  type ServiceDiagnoseOptions,
  type ServicePatient,
  type TemporaryObjects,
} from "@lade/service/diagnosis";
import { maskKeyId } from "../credentials/mask_key_id.ts";
import { checkBucket } from "../endpoint/check_bucket.ts";
import { listPage } from "../list/list_page.ts";
import { BucketStore } from "../store/bucket_store.ts";
import { openConnection, type S3StoreOptions } from "../store/open_s3_store.ts";
import { checkConditions, checkTraits } from "./check_conditions.ts";
import { checkConfiguration, checkCredentials } from "./check_configuration.ts";
import { checkMultipart } from "./check_multipart.ts";

/** Beyond this S3 refuses signed requests ("RequestTimeTooSkewed" of the Amazon S3 API reference). */
const MAX_SKEW_MS = 15 * 60_000;

/** Options of {@linkcode diagnose}. */
export type S3DiagnoseOptions = S3StoreOptions & ServiceDiagnoseOptions;

/**
 * Finds out how it stands with a bucket: which credentials, region and endpoint are used and where they come from, the
 * clock, which calls are allowed, latency, throughput and what bounds it.
 *
 * Yields each check when it is done, in a fixed order; failures are checks that say what to do. What the first request
 * blames ends the diagnosis, within ten seconds. Without `write` nothing is written; with it temporary objects are
 * removed before the iteration ends, also when it is aborted or left. Rejects with `signal.reason`, and with a
 * `TypeError` for a configuration that cannot be.
 */
export async function* diagnose(container: string, options: S3DiagnoseOptions = {}): AsyncGenerator<Check> {
  const { context, transport, begun } = beginDiagnosis(options);
  const name = checkBucket("diagnose", container);
  const opened = await openConnection("diagnose", container, name, { ...options, context, transport });
  await using store = new BucketStore({ container, ...opened });
  const { connection } = store.target;
  const { answers, prefix: directory } = begun;
  const patient: ServicePatient & { readonly store: BucketStore } = {
    ...begun,
    store,
    container: "bucket",
    maxSkewMs: MAX_SKEW_MS,
    inParts: !connection.config.multipart.disabled,
    failed: async (name, error) => {
      const keys = await Promise.resolve(connection.credentials?.get()).catch(() => undefined);
      const { accessKeyId = "" } = keys ?? {};
      const hide = (words: string) => words.replaceAll(accessKeyId, maskKeyId(accessKeyId));
      return failedCheck(name, error, accessKeyId === "" ? undefined : hide);
    },
    credentials: () => checkCredentials(connection),
    configuration: () => checkConfiguration(connection, answers),
    listPage: async (signal) => {
      const uri = store.uri + (directory && `/${directory}`);
      const { entries } = await listPage(connection, uri, { prefix: directory, signal });
      return entries.flatMap((entry) => "key" in entry ? [entry] : []);
    },
    blame: ({ code }) => {
      if (code === "RequestTimeTooSkewed") return "clock";
      const isRegion = /^(AuthorizationHeaderMalformed|IllegalLocationConstraintException|.*Redirect)$/.test(
        code,
      );
      return isRegion ? "region" : undefined;
    },
    tellWritten: ({ checksums = {} }) => {
      const [checksum] = Object.keys(checksums);
      return checksum === undefined
        ? "the service confirms no checksum"
        : `the service confirmed its ${checksum}`;
    },
    whileWritable: async function* (temporary: TemporaryObjects) {
      yield await checkMultipart(patient, connection, temporary);
      patient.signal?.throwIfAborted();
      yield* checkConditions(patient);
    },
    traits: () => checkTraits(connection),
  };
  yield* examineService(patient);
}
