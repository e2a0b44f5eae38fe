import type { S3Client } from "@aws-sdk/client-s3";
import { PermissionDeniedError, StoreError } from "@lade/core/backend";
import { abortable, TransportError } from "@lade/service/http";
import { S3Authorizer } from "../wire/s3_authorizer.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { unlikeS3 } from "../headers/s3_headers.ts";
import { useContentMd5 } from "./content_md5.ts";
import { type SdkSendOptions, TransportHandler } from "./transport_handler.ts";

/** The AWS SDK's module. */
export type Sdk = typeof import("@aws-sdk/client-s3");

/** Options of {@linkcode ControlPlane.run}. */
export interface ControlOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the service may see the request twice. */
  readonly idempotent: boolean;
}

/** What our side of a call throws, on which the SDK too leaves its marks. */
const OURS = [S3Fault, StoreError, TransportError] as const;

/** A client of the SDK and what it was made for. */
interface MadeClient {
  readonly client: S3Client;
  readonly region: string;
  readonly credentials: S3Credentials | undefined;
}

/**
 * The calls on buckets, uploads, copies and many keys, made by the AWS SDK over our transport. The SDK is loaded by the
 * first of them; its own retries, redirects and corrections are off.
 */
export class ControlPlane {
  readonly #connection: S3Connection;
  #sdk: Promise<Sdk> | undefined;
  #client: MadeClient | undefined;

  /** Makes calls of one connection. */
  constructor(connection: S3Connection) {
    this.#connection = connection;
  }

  /** Makes a call; `make` sends one command with the client and the options it is given. */
  async run<Output>(
    call: FailedCall,
    { signal, idempotent }: ControlOptions,
    make: (sdk: Sdk, client: S3Client, options: SdkSendOptions) => Promise<Output>,
  ): Promise<Output> {
    signal?.throwIfAborted();
    const sdk = await this.#load(call);
    const { caller } = this.#connection;
    const authorizer = new S3Authorizer(this.#connection);
    try {
      return await caller.corrected(authorizer, async () => {
        signal?.throwIfAborted();
        const keys = await abortable(Promise.resolve(authorizer.keys()), signal);
        return await make(sdk, this.#clientOf(sdk, keys), {
          ...(signal === undefined ? {} : { abortSignal: signal }),
          authorizer,
          idempotent,
          label: call.uri,
          operation: call.operation,
        });
      }, signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw isOfSdk(error) ? unlikeS3(call, error.message) : this.#connection.translate(error, call);
    }
  }

  #load(call: FailedCall): Promise<Sdk> {
    return this.#sdk ??= import("@aws-sdk/client-s3").catch((error) => {
      this.#sdk = undefined;
      const { operation, uri } = call;
      throw new PermissionDeniedError({
        operation,
        uri,
        detail: `the AWS SDK cannot be loaded: ${error instanceof Error ? error.message : error}`,
        cause: error,
      });
    });
  }

  #clientOf(sdk: Sdk, credentials: S3Credentials | undefined): S3Client {
    const { endpoint, region } = this.#connection;
    // The SDK keeps credentials of its own accord, so others need another client.
    const made = this.#client;
    if (made?.region === region && made.credentials === credentials) return made.client;
    const client = new sdk.S3Client({
      region,
      endpoint: endpoint.serviceUrl,
      forcePathStyle: endpoint.pathStyle,
      credentials: credentials ?? { accessKeyId: "anonymous", secretAccessKey: "anonymous" },
      ...(credentials ? {} : { signer: { sign: (request) => Promise.resolve(request) } }),
      requestHandler: new TransportHandler(this.#connection),
      maxAttempts: 1,
      retryMode: "standard",
      defaultsMode: "standard",
      followRegionRedirects: false,
      disableClockSkewCorrection: true,
      systemClockOffset: this.#connection.clock.now() - Date.now(),
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      expectContinueHeader: false,
      // Given, so that the SDK does not go and look in the environment and the shared files.
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      useAccelerateEndpoint: false,
      useArnRegion: false,
      disableMultiregionAccessPoints: true,
      disableS3ExpressSessionAuth: true,
      ignoreConfiguredEndpointUrls: true,
      userAgentAppId: "lade",
      // The SDK's own names the system, for which it needs --allow-sys.
      defaultUserAgentProvider: () => Promise.resolve([["lade"]]),
      sigv4aSigningRegionSet: [],
      authSchemePreference: [],
    });
    useContentMd5(client);
    this.#client = { client, region, credentials };
    return client;
  }
}

/** Whether the SDK could not read an answer: what the service reports never gets as far as the SDK. */
function isOfSdk(error: unknown): error is Error {
  if (!(error instanceof Error) || OURS.some((type) => error instanceof type)) return false;
  return "$metadata" in error || "$response" in error;
}
