import { jsonResponse, type RequestBody, type RequestHead, type WireResponse } from "@lade/testing/http";
import type { Principal, Tokens } from "./tokens.ts";
import { STORAGE_AUDIENCE } from "./tokens.ts";

/** What the endpoints of tokens work with. */
export interface EntraContext {
  /** The tokens. */
  readonly tokens: Tokens;
  /** The server's time. */
  readonly now: number;
  /** How long tokens hold, in milliseconds. */
  readonly tokenMs: number;
  /** Where the server is. */
  readonly url: string;
}

/** The operation of a request for a token; undefined where it is for storage. */
export function entraOperation(
  { method, rawPath, headers }: RequestHead,
): "EntraToken" | "EntraConfiguration" | "ManagedIdentityToken" | undefined {
  if (method === "POST" && /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(rawPath)) return "EntraToken";
  if (method !== "GET") return undefined;
  if (/^\/[^/]+\/(?:v2\.0\/\.well-known\/openid-configuration|discovery\/instance)$/.test(rawPath)) {
    return "EntraConfiguration";
  }
  const isManaged = rawPath === "/metadata/identity/oauth2/token" || headers.has("x-identity-header");
  return isManaged ? "ManagedIdentityToken" : undefined;
}

/** `POST /TENANT/oauth2/v2.0/token`: a token for a secret, or for the token of another issuer. */
export async function entraToken(
  head: RequestHead,
  body: RequestBody,
  context: EntraContext,
): Promise<WireResponse> {
  const form = new URLSearchParams(new TextDecoder().decode(await body.bytes()));
  const tenant = head.rawPath.split("/")[1];
  const { tokens } = context;
  if (tenant !== tokens.tenantId) {
    return oauthError(400, "invalid_request", 90002, `Tenant '${tenant}' not found.`);
  }
  if (form.get("grant_type") !== "client_credentials") {
    return oauthError(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  }
  const scope = form.get("scope") ?? "";
  if (!scope.split(" ").includes(`${STORAGE_AUDIENCE}/.default`)) {
    return oauthError(400, "invalid_scope", 70011, `The provided value for scope ${scope} is not valid.`);
  }
  const clientId = form.get("client_id") ?? "";
  const principal = tokens.principals.find((candidate) => candidate.clientId === clientId);
  if (!principal) {
    return oauthError(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found.`,
    );
  }
  const assertion = form.get("client_assertion");
  if (assertion !== null) {
    if (!principal.assertions?.includes(assertion)) {
      return oauthError(401, "invalid_client", 700027, "Client assertion failed signature validation.");
    }
  } else if (principal.clientSecret !== form.get("client_secret")) {
    return oauthError(401, "invalid_client", 7000215, "Invalid client secret provided.");
  }
  const { seconds, token } = issue(principal, context);
  const names = { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds };
  return jsonResponse({ ...names, access_token: token });
}

/** The documents by which a client finds the endpoint of tokens. */
export function entraConfiguration({ rawPath }: RequestHead, { url }: EntraContext): WireResponse {
  const tenant = rawPath.split("/")[1];
  if (rawPath.endsWith("/discovery/instance")) {
    const aliases = [new URL(url).host];
    return jsonResponse({
      "tenant_discovery_endpoint": `${url}/${tenant}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      "metadata": [{ preferred_network: aliases[0], preferred_cache: aliases[0], aliases }],
    });
  }
  return jsonResponse({
    token_endpoint: `${url}/${tenant}/oauth2/v2.0/token`,
    authorization_endpoint: `${url}/${tenant}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${url}/${tenant}/oauth2/v2.0/logout`,
    jwks_uri: `${url}/${tenant}/discovery/v2.0/keys`,
    issuer: `${url}/${tenant}/v2.0`,
  });
}

/** The token of a managed identity, asked for of the machine's metadata or of the service that runs the code. */
export function managedIdentityToken(
  { headers }: RequestHead,
  query: ReadonlyMap<string, string>,
  managed: Principal | undefined,
  context: EntraContext,
): WireResponse {
  if (headers.get("metadata") !== "true" && !headers.has("x-identity-header")) {
    return oauthError(400, "bad_request_102", 0, "Required metadata header not specified");
  }
  const resource = query.get("resource") ?? "";
  if (resource.replace(/\/$/, "") !== STORAGE_AUDIENCE) {
    return oauthError(
      400,
      "invalid_resource",
      500011,
      `The resource principal named ${resource} was not found.`,
    );
  }
  const clientId = query.get("client_id");
  if (!managed || (clientId !== undefined && clientId !== managed.clientId)) {
    return oauthError(400, "invalid_request", 0, "Identity not found");
  }
  const { seconds, token, endsAt } = issue(managed, context);
  return jsonResponse({
    access_token: token,
    client_id: managed.clientId ?? "",
    expires_in: String(seconds),
    expires_on: String(Math.floor(endsAt / 1000)),
    not_before: String(Math.floor(context.now / 1000)),
    resource,
    token_type: "Bearer",
  });
}

function issue(principal: Principal, { tokens, now, tokenMs }: EntraContext) {
  const endsAt = now + tokenMs;
  return { token: tokens.issue(principal, endsAt), seconds: Math.floor(tokenMs / 1000), endsAt };
}

function oauthError(status: number, error: string, code: number, description: string): WireResponse {
  const text = code === 0 ? description : `AADSTS${code}: ${description}`;
  return jsonResponse({ error, error_description: text, error_codes: [code] }, status);
}
