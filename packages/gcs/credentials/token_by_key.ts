import { quote } from "@lade/core/text";
import {
  askForToken,
  type CredentialFile,
  type GivenToken,
  type Refusal,
  rsaSigner,
  signAssertion,
} from "@lade/service/credentials";
import { clockSkew } from "@lade/service/errors";
import type { GcsToken } from "./gcs_credential.ts";
import type { TokenSurroundings } from "./token_surroundings.ts";

/** What Google says of a key that it does not take, and what to do. */
const KEY_FAULTS: readonly (readonly [says: RegExp, advice: string])[] = [
  [/signature/i, "the key was deleted, or the file was changed; make another key"],
  [/account not found|disabled/i, "the service account was deleted or disabled; name another one"],
];

/** The token of a service account, by its key ("Using OAuth 2.0 for server to server applications"). */
export async function tokenByKey(
  file: CredentialFile,
  { allowHttp, clock, web }: TokenSurroundings,
  scope: string,
): Promise<GcsToken> {
  const email = file.need("client_email");
  const key = { pem: file.need("private_key"), named: file.named };
  const url = file.url("token_uri", "https://oauth2.googleapis.com/token", allowHttp);
  const header = { kid: file.text("private_key_id") };
  const claims = { iss: email, scope, aud: url, nbf: undefined, jti: undefined };
  const askAt = async (nowMs: number, mayCorrect: boolean): Promise<GivenToken> => {
    let otherMs: number | undefined;
    const advise = ({ message, serverTimeMs }: Refusal) => {
      if (!/short-lived|\biat\b/i.test(message)) return KEY_FAULTS.find(([says]) => says.test(message))?.[1];
      otherMs = serverTimeMs;
      return `the clock of this machine is ${clockSkew(serverTimeMs, clock.now())}; set the clock`;
    };
    const assertion = await signAssertion({ algorithm: "RS256", header, claims, key, nowMs });
    const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    const question = { service: `Google (for ${quote(email)})`, method: "POST", url, form } as const;
    try {
      return await askForToken(web, question, () => clock.now(), advise);
    } catch (error) {
      // The refusal shows what time it is.
      if (!mayCorrect || otherMs === undefined) throw error;
      return await askAt(otherMs, false);
    }
  };
  return { ...await askAt(clock.now(), true), email, sign: await rsaSigner(key, "RS256") };
}
