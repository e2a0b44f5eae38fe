import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import { useContentMd5 } from "./content_md5.ts";
import { TransportHandler } from "./transport_handler.ts";

/** The AWS SDK's module. */
export type Sdk = typeof import("@aws-sdk/client-s3");

/** Makes a client of the SDK that sends by our transport, and retries, redirects and corrects nothing itself. */
export function makeSdkClient(
  sdk: Sdk,
  connection: S3Connection,
  credentials: S3Credentials | undefined,
): S3Client {
  const { endpoint, region } = connection;
  const client = new sdk.S3Client({
    region,
    endpoint: endpoint.serviceUrl,
    forcePathStyle: endpoint.pathStyle,
    credentials: credentials ?? { accessKeyId: "anonymous", secretAccessKey: "anonymous" },
    ...(credentials ? {} : { signer: { sign: (request) => Promise.resolve(request) } }),
    requestHandler: new TransportHandler(connection),
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    followRegionRedirects: false,
    disableClockSkewCorrection: true,
    systemClockOffset: connection.clock.now() - Date.now(),
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
  return client;
}
