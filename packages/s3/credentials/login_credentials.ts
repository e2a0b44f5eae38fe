import type { S3Credentials } from "../config/s3_credentials.ts";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader } from "./credential_reader.ts";

/** Keeps the SDK's notes to itself: what there is to say is said by our errors. */
const SILENCE = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, trace: () => {} };

/** The keys of a session of `aws login`, by the AWS SDK, which is given the profile, the files and the region. */
export async function loginCredentials(reader: CredentialReader): Promise<S3Credentials> {
  const { profile, context, files } = reader;
  const { fromIni } = await import("@aws-sdk/credential-provider-ini");
  const [configFilepath, filepath] = files.paths;
  try {
    const found = await fromIni({
      profile: profile.name,
      ...(configFilepath === undefined ? {} : { configFilepath }),
      ...(filepath === undefined ? {} : { filepath }),
      ignoreCache: true,
      logger: SILENCE,
      clientConfig: { region: profile.find("region")?.value ?? context.config.region.value, logger: SILENCE },
    })();
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = found;
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration }),
    };
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw new CredentialFault(`aws login of profile ${JSON.stringify(profile.name)}: ${said}`, {
      cause: error,
    });
  }
}
