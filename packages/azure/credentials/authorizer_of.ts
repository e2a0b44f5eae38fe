import type { StoreContext } from "@lade/core/backend";
import { type Authorizer, BearerAuthorizer, ServiceTime, type UnauthorizedRequest } from "@lade/service/call";
import { API_VERSION } from "../client/api_version.ts";
import type { AzureCredential } from "./azure_credential.ts";
import { Base64Signer, stringToSign } from "./shared_key.ts";

/** How requests are authorized: those within a batch have the version and the id of the batch. */
export interface AuthorizerOptions {
  /** Adds nothing but what authorizes. */
  readonly inBatch?: boolean;
  /** The service's time, where others go by it too. */
  readonly time?: ServiceTime;
}

/**
 * What makes the authorizers of calls: one for each call, by one credential and one idea of the service's time. A request is
 * dated and gets the version and an id; what a service of another time refuses is dated again by the service's clock, and a
 * token that it refuses is renewed, each once in a call.
 */
export function authorizerOf(
  credential: AzureCredential,
  { clock }: Pick<StoreContext, "clock">,
  { inBatch = false, time = new ServiceTime(clock) }: AuthorizerOptions = {},
): () => Authorizer {
  const dated = ({ headers }: UnauthorizedRequest, nowMs: number) => ({
    ...headers,
    "x-ms-date": httpDate(nowMs),
    ...inBatch ? {} : { "x-ms-version": API_VERSION, "x-ms-client-request-id": crypto.randomUUID() },
  });
  const plain: Authorizer = {
    authorize: (request) => Object.entries(dated(request, clock.now())),
    correct: () => Promise.resolve(false),
  };
  switch (credential.kind) {
    case "anonymous":
      return () => plain;
    case "sas": {
      const token = credential.token.replace(/^\?/, "");
      const signed: Authorizer = {
        ...plain,
        authorizeQuery: (query) => /(?:^|&)sig=/.test(query) ? query : query ? `${query}&${token}` : token,
      };
      return () => signed;
    }
    case "bearer":
      return () => {
        const bearer = new BearerAuthorizer(credential.tokens);
        return {
          authorize: (request) => bearer.authorize({ ...request, headers: dated(request, clock.now()) }),
          correct: (fault) => bearer.correct(fault),
        };
      };
    case "sharedKey": {
      const { account, key } = credential;
      const signer = new Base64Signer(key);
      return () => {
        let [signedMs, corrected] = [0, false];
        return {
          authorize(request) {
            signedMs = time.now();
            const headers: Record<string, string> = dated(request, signedMs);
            const signature = signer.sign(stringToSign({ ...request, headers }, account));
            headers["authorization"] = `SharedKey ${account}:${signature}`;
            return Object.entries(headers);
          },
          correct(fault) {
            const isRefused = !corrected && fault.status === 403 && fault.code === "AuthenticationFailed";
            if (isRefused) corrected = true;
            return Promise.resolve(isRefused && time.correct(fault, signedMs));
          },
        };
      };
    }
  }
}

let [shownSecond, shown] = [NaN, ""];

/** A date as HTTP has it (RFC 9110, section 5.6.7). Most requests share a second. */
function httpDate(timeMs: number): string {
  const second = Math.floor(timeMs / 1000);
  if (second !== shownSecond) [shownSecond, shown] = [second, new Date(timeMs).toUTCString()];
  return shown;
}
