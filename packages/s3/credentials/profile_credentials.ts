import { quote } from "@lade/core/text";
import type { Profile } from "../config/profile.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { assumeRole } from "./assume_role.ts";
import { containerCredentials } from "./container_credentials.ts";
import type { LoadedCredentials } from "./credential_cache.ts";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader } from "./credential_reader.ts";
import { instanceCredentials } from "./instance_credentials.ts";
import { loginCredentials } from "./login_credentials.ts";
import { runProcess } from "./run_process.ts";
import { ssoCredentials } from "./sso_credentials.ts";
import { staticKeys } from "./static_keys.ts";
import { webIdentityCredentials } from "./web_identity_credentials.ts";

/** The keys of the role that a profile asks for by other keys; `undefined` where it asks for none. */
export async function roleCredentials(
  reader: CredentialReader,
  visited: readonly string[] = [],
): Promise<LoadedCredentials | undefined> {
  const only = { profileOnly: true };
  const arn = await reader.find("role.arn", only);
  if (!arn || await reader.find("webIdentity.tokenFile", only)) return undefined;
  const what = `role_arn of ${arn.source}`;
  const [source, kind] = [
    await reader.find("role.sourceProfile"),
    await reader.find("role.credentialSource"),
  ];
  if (source && kind) throw new CredentialFault(`${what} has both source_profile and credential_source`);
  if (!source && !kind) {
    throw new CredentialFault(
      `${what} needs source_profile, credential_source or web_identity_token_file beside it`,
    );
  }
  const mfa = await reader.find("role.mfaSerial");
  if (mfa) {
    throw new CredentialFault(
      `${what} wants a code of ${quote(mfa.value)} (mfa_serial), and nobody is asked for one here`,
      { advice: "sign in by `aws sts get-session-token` or a credential_process, and use those keys" },
    );
  }
  const keys = source
    ? await sourceKeys(reader, source.value, [...visited, reader.profile.name])
    : await keysOfKind(reader, kind?.value ?? "", what);
  const credentials = await assumeRole(reader, {
    arn: arn.value,
    sessionName: (await reader.find("role.sessionName"))?.value ?? "lade",
    source: arn.source,
    parameters: {
      DurationSeconds: (await reader.find("role.durationSeconds"))?.value,
      ExternalId: (await reader.find("role.externalId"))?.value,
    },
    keys,
  });
  return { value: credentials, source: `role ${quote(arn.value)} of ${arn.source}` };
}

/** What a profile says of keys, but for a role by other keys; `undefined` where it says nothing. */
export async function ownCredentials(reader: CredentialReader): Promise<LoadedCredentials | undefined> {
  const only = { profileOnly: true };
  const web = await webIdentityCredentials(reader, only);
  if (web) return web;
  const sso = await reader.find("sso.session") ?? await reader.find("sso.startUrl") ??
    await reader.find("sso.accountId") ?? await reader.find("sso.roleName");
  if (sso) return { value: await ssoCredentials(reader), source: `single sign-on of ${sso.source}` };
  const keys = await keysWithin(reader.profile, "credentials");
  if (keys) return keys;
  const login = await reader.find("login.session");
  if (login) {
    return { value: await loginCredentials(reader), source: `aws login of ${login.source}` };
  }
  const command = await reader.find("process.command");
  if (!command) return await keysWithin(reader.profile, "config");
  return {
    value: await runProcess(command, reader.context.clock),
    source: `credential_process of ${command.source}`,
  };
}

/** Both keys have to stand in one file: halves of two pairs would make a third one. */
async function keysWithin(
  profile: Profile,
  file: "config" | "credentials",
): Promise<LoadedCredentials | undefined> {
  const within = profile.within(file);
  const keys = await staticKeys("profile", { env: () => undefined, profile: () => Promise.resolve(within) });
  return keys && { value: keys.value, source: keys.source };
}

async function sourceKeys(
  reader: CredentialReader,
  name: string,
  visited: readonly string[],
): Promise<S3Credentials> {
  const asks = `source_profile of profile ${quote(reader.profile.name)}`;
  const profile = reader.files.profile(name);
  if (!profile.exists) throw new CredentialFault(`${asks}: ${reader.files.missing(name)}`);
  const source = reader.of(profile);
  // A role may name its own profile for the keys that stand beside it.
  if (profile.find("aws_access_key_id") || profile.find("aws_secret_access_key")) {
    const own = await ownCredentials(source);
    if (own) return own.value;
  }
  if (visited.includes(name)) {
    throw new CredentialFault(
      `${asks} leads in a circle: ${[...visited, name].map((each) => quote(each)).join(", ")}`,
    );
  }
  const found = await roleCredentials(source, visited) ?? await ownCredentials(source);
  if (found) return found.value;
  throw new CredentialFault(`${asks} is ${quote(name)}, which has no keys`);
}

async function keysOfKind(reader: CredentialReader, kind: string, what: string): Promise<S3Credentials> {
  switch (kind) {
    case "Environment": {
      const keys = await staticKeys("environment", { env: reader.context.fullEnv });
      if (keys) return keys.value;
      throw new CredentialFault(`${what} takes the keys of the environment, which has no AWS_ACCESS_KEY_ID`);
    }
    case "EcsContainer": {
      const keys = await containerCredentials(reader);
      if (keys) return keys;
      throw new CredentialFault(
        `${what} takes the keys of the container, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI is not set`,
      );
    }
    case "Ec2InstanceMetadata": {
      const found = await instanceCredentials(reader);
      if ("keys" in found) return found.keys;
      throw new CredentialFault(`${what} takes the keys of the instance: ${found.reason}`);
    }
    default:
      throw new CredentialFault(
        `credential_source beside ${what} has to be Environment, EcsContainer or Ec2InstanceMetadata, not ${
          quote(kind)
        }`,
      );
  }
}
