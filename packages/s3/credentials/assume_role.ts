import { printable, quote } from "@lade/core/text";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { S3_FAULTS } from "../errors/s3_fault.ts";
import { encodeQuery } from "@lade/service/http";
import { Sha256 } from "@lade/codec/hash";
import { Signer } from "../sigv4/signer.ts";
import { childText, parseXml, type XmlElement } from "@lade/service/xml";
import { askService, checkServiceUrl } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader } from "./credential_reader.ts";
import { serviceHost } from "./service_host.ts";

/** Regions that `sts.amazonaws.com` stood for before each had a service of its own (`legacy`). */
const LEGACY_REGIONS = new Set(
  ("ap-northeast-1 ap-south-1 ap-southeast-1 ap-southeast-2 aws-global ca-central-1 eu-central-1 eu-north-1 " +
    "eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2").split(" "),
);

/** A role to be assumed. */
export interface RoleRequest {
  /** Its ARN. */
  readonly arn: string;
  /** The session's name. */
  readonly sessionName: string;
  /** Where it is asked for, in words: `profile "r" of ~/.aws/config`. */
  readonly source: string;
  /** Further parameters of the call. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Whose keys ask; absent where a token of a web identity is shown. */
  readonly keys?: S3Credentials;
}

/** Asks AWS's Security Token Service for the keys of a role, in the region of the profile. */
export async function assumeRole(reader: CredentialReader, role: RoleRequest): Promise<S3Credentials> {
  const { config, clock, web } = reader.context;
  const region = reader.profile.find("region")?.value ?? config.region.value;
  const target = await stsEndpoint(reader, region);
  const body = encodeQuery({
    Action: role.keys ? "AssumeRole" : "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role.arn,
    RoleSessionName: role.sessionName,
    ...role.parameters,
  });
  const path = target.url.pathname;
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const signed = role.keys
    ? new Signer(target.region, "sts").sign(
      { method: "POST", host: target.url.host, path, query: "", headers },
      role.keys,
      clock.now(),
      new Sha256().hex(body),
    )
    : headers;
  const url = target.url.href;
  const answer = await askService(web, { service: "STS", method: "POST", url, headers: signed, body });
  const what = `role ${quote(role.arn)} of ${role.source}`;
  const { status, text, header } = answer;
  if (status !== 200) {
    const fault = S3_FAULTS.read({ status, headers: { get: header }, body: text });
    throw new CredentialFault(`${what} cannot be assumed: ${printable(fault.message)}`, {
      cause: fault,
      retryable: status >= 500 || status === 429,
    });
  }
  return readKeys(text) ??
    (() => {
      throw new CredentialFault(
        `${what} cannot be assumed: what ${target.url.host} answers is no answer of STS`,
      );
    })();
}

async function stsEndpoint(
  reader: CredentialReader,
  region: string,
): Promise<{ readonly url: URL; readonly region: string }> {
  const { config } = reader.context;
  const given = config.ignoresEndpoints ? undefined : await reader.findOfService("sts.endpoint");
  if (given) return { url: checkServiceUrl("STS", given.value, given.source, config.allowHttp), region };
  const legacy = (await reader.findOfService("sts.legacyEndpoint"))?.value === "true";
  if (legacy && LEGACY_REGIONS.has(region) && !config.fips && !config.dualstack) {
    return { url: new URL("https://sts.amazonaws.com/"), region: "us-east-1" };
  }
  return { url: new URL(`https://${serviceHost("sts", region, config)}/`), region };
}

function readKeys(text: string): S3Credentials | undefined {
  let found: XmlElement | undefined;
  try {
    const [result] = parseXml(text.trimStart()).children.filter(({ name }) => /^AssumeRole/.test(name));
    found = result?.children.find(({ name }) => name === "Credentials");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const field = (name: string) => found && childText(found, name)?.trim();
  const [accessKeyId, secretAccessKey, sessionToken, until] = [
    field("AccessKeyId"),
    field("SecretAccessKey"),
    field("SessionToken"),
    field("Expiration"),
  ];
  if (!accessKeyId || !secretAccessKey || !sessionToken) return undefined;
  const expiration = new Date(until ?? "");
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    ...(Number.isNaN(expiration.getTime()) ? {} : { expiration }),
  };
}
