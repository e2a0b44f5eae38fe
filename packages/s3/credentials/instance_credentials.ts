import type { S3Credentials } from "../config/s3_credentials.ts";
import { askService, jsonFields, type ServiceAnswer } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader } from "./credential_reader.ts";
import { keysOfAnswer } from "./keys_of_answer.ts";

const SERVICE = "the instance's metadata";
const ROLES = "/latest/meta-data/iam/security-credentials/";

/** What the instance's metadata came to: keys, or why there are none, which is no failure on other machines. */
export type InstanceOutcome = { readonly keys: S3Credentials } | { readonly reason: string };

/**
 * The keys of the instance's role ("Use the Instance Metadata Service" of the EC2 user guide), asked for by a token;
 * without one only where the service knows no tokens and that is not forbidden. Each answer is waited for one second,
 * unless the settings say otherwise. A role whose keys cannot be had is a `CredentialFault`.
 */
export async function instanceCredentials(reader: CredentialReader): Promise<InstanceOutcome> {
  const setting = async (name: string) => (await reader.findOfService(`metadata.${name}`))?.value;
  if (await setting("disabled") === "true") {
    return { reason: `${SERVICE}: switched off by AWS_EC2_METADATA_DISABLED` };
  }
  const ipv6 = await setting("ipv6") === "true";
  const base = (await setting("endpoint") ?? (ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"))
    .replace(/\/+$/, "");
  const local = {
    timeoutMs: Number(await setting("timeoutSeconds")) * 1000,
    attempts: Number(await setting("attempts")),
  };
  const ask = (
    method: "GET" | "PUT",
    path: string,
    headers: Record<string, string>,
  ): Promise<ServiceAnswer> =>
    askService(reader.context.web, {
      service: SERVICE,
      method,
      url: base + path,
      headers: { accept: "*/*", ...headers },
      ...(method === "PUT" ? { body: "" } : {}),
      local,
    });
  let headers: Record<string, string>;
  try {
    const token = await ask("PUT", "/latest/api/token", { "x-aws-ec2-metadata-token-ttl-seconds": "21600" });
    const granted = token.status === 200 && /^[\x21-\x7e]+$/.test(token.text.trim());
    if (!granted && await setting("tokenOnly") === "true") return { reason: `${SERVICE}: no token is given` };
    headers = granted ? { "x-aws-ec2-metadata-token": token.text.trim() } : {};
  } catch (error) {
    if (!(error instanceof CredentialFault)) throw error;
    return { reason: error.message };
  }
  const roles = await ask("GET", ROLES, headers);
  const [role = ""] = roles.text.trim().split("\n");
  if (roles.status !== 200 || !/^[\w+=,.@-]+$/.test(role)) {
    return { reason: `${SERVICE}: the instance has no role` };
  }
  const answer = await ask("GET", ROLES + role, headers);
  const keys = answer.status === 200 ? keysOfAnswer(answer.text) : undefined;
  if (keys) return { keys };
  const { Code, Message } = jsonFields(answer.text);
  const said = [Code, Message].filter((each) => typeof each === "string").join(": ") ||
    `status ${answer.status}`;
  throw new CredentialFault(`${SERVICE} gives no keys of role "${role}": ${said}`);
}
