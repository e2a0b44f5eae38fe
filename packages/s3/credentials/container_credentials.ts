import { isLoopback } from "@lade/service/http";
import { printable } from "@lade/core/text";
import { expandPath, whyUnread } from "@lade/service/environment";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { askService, jsonFields } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader } from "./credential_reader.ts";
import { keysOfAnswer } from "./keys_of_answer.ts";

/** Where ECS has its service; EKS has two of its own. */
const ECS_HOST = "169.254.170.2";
const HOSTS = new Set([ECS_HOST, "169.254.170.23", "[fd00:ec2::23]"]);
const BOUNDS = { timeoutMs: 2_000, attempts: 3 };

/**
 * The keys that ECS or EKS Pod Identity give to a container ("Container credential provider" of the AWS SDKs and tools
 * reference); `undefined` where the environment names no such service.
 */
export async function containerCredentials(reader: CredentialReader): Promise<S3Credentials | undefined> {
  const { fullEnv, read, web } = reader.context;
  const environment = { environmentOnly: true };
  const relative = await reader.findOfService("container.relativeUri");
  const full = relative ?? await reader.findOfService("container.fullUri");
  if (!full) return undefined;
  const url = URL.parse(relative ? `http://${ECS_HOST}${relative.value}` : full.value);
  if (!url || (url.protocol !== "https:" && !HOSTS.has(url.hostname) && !isLoopback(url.hostname))) {
    throw new CredentialFault(
      `${full.source} has to be an https: URL, or one of this machine, of ${ECS_HOST} or 169.254.170.23`,
    );
  }
  const file = await reader.find("container.tokenFile", environment) ??
    await reader.findOfService("container.tokenFile");
  let token = (await reader.findOfService("container.token"))?.value;
  if (file) {
    const path = expandPath(file.value, fullEnv, reader.files.home);
    const text = await read(path).catch((error: unknown) => {
      throw new CredentialFault(`${path} (${file.source}) cannot be read: ${whyUnread(error)}`, {
        cause: error,
      });
    });
    if (text === undefined) throw new CredentialFault(`there is no file ${path} (${file.source})`);
    token = text.trim();
  }
  const answer = await askService(web, {
    service: "the container's credential service",
    method: "GET",
    url: url.href,
    headers: { accept: "application/json", ...(token ? { authorization: token } : {}) },
    local: BOUNDS,
  });
  const keys = answer.status === 200 ? keysOfAnswer(answer.text) : undefined;
  if (keys) return keys;
  const { message, Message } = jsonFields(answer.text);
  const said = String(message ?? Message ?? "its answer holds no keys");
  throw new CredentialFault(
    `the container's credential service (${full.source}) gives no keys: ${answer.status}, ${printable(said)}`,
    { retryable: answer.status >= 500 || answer.status === 429 },
  );
}
