import type { BearerToken } from "@lade/service/call";
import {
  askForToken,
  askService,
  LOCAL_PATIENCE,
  probeService,
  type ServiceQuestion,
} from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import { type EntraSurroundings, STORAGE } from "./entra_surroundings.ts";

const SERVICE = "the service of managed identities";
/** Where the agent of Azure Arc lays the keys by which a program shows that it may read them. */
const ARC_KEY =
  /^(?:\/var\/opt\/azcmagent\/tokens\/|[A-Z]:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\)[\w.-]+\.key$/i;

/**
 * The token of the machine's own identity, or of the one that `AZURE_CLIENT_ID` names: of App Service, Functions and
 * Container Apps, of Azure Arc, of virtual machines and Kubernetes ("How to use managed identities … to acquire an access
 * token"). Where there is no such service, it says so after a second.
 */
export async function managedToken(around: EntraSurroundings): Promise<BearerToken | string> {
  const { clock, entra: { clientId }, env, web } = around;
  const ask = (at: string, version: string, headers: Record<string, string>) => {
    const query = { "api-version": version, resource: STORAGE, ...clientId && { client_id: clientId.value } };
    const url = `${at}${at.includes("?") ? "&" : "?"}${new URLSearchParams(query)}`;
    const question: ServiceQuestion = {
      service: SERVICE,
      method: "GET",
      url,
      headers,
      local: LOCAL_PATIENCE,
    };
    return question;
  };
  const token = (question: ServiceQuestion) => askForToken(web, question, () => clock.now());
  const [endpoint, secret] = [env("IDENTITY_ENDPOINT"), env("IDENTITY_HEADER")];
  if (endpoint !== undefined && secret !== undefined) {
    return await token(ask(endpoint, "2019-08-01", { "x-identity-header": secret }));
  }
  if (endpoint !== undefined && env("IMDS_ENDPOINT") !== undefined) {
    const question = ask(endpoint, "2020-06-01", { metadata: "true" });
    const key = await arcKey(around, question);
    return await token({ ...question, headers: { metadata: "true", authorization: `Basic ${key}` } });
  }
  const host = env("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254";
  const at = `${host.replace(/\/+$/, "")}/metadata/identity/oauth2/token`;
  // Without the header any answer is a refusal, and comes at once.
  const probed = await probeService(web, { service: SERVICE, method: "GET", url: at });
  if (typeof probed === "string") return probed;
  try {
    return await token(ask(at, "2018-02-01", { metadata: "true" }));
  } catch (error) {
    if (!(error instanceof CredentialFault) || error.retryable) throw error;
    return error.detail;
  }
}

/** The key in the file that the agent of Azure Arc names in answer to a request without one. */
async function arcKey({ read, web }: EntraSurroundings, question: ServiceQuestion): Promise<string> {
  const { header } = await askService(web, question);
  const [, path = ""] = /^Basic realm=(.+)$/i.exec(header("www-authenticate") ?? "") ?? [];
  if (!ARC_KEY.test(path)) throw new CredentialFault(`${SERVICE} names no key of Azure Arc`);
  const key = (await read(path).catch(() => undefined))?.trim();
  if (key) return key;
  throw new CredentialFault(`the key of Azure Arc, ${JSON.stringify(path)}, cannot be read`, {
    advice: "be of the group himds, and allow it by --allow-read",
  });
}
