import { quote } from "@lade/core/text";
import {
  askForToken,
  type GivenToken,
  type Refusal,
  rsaSigner,
  signAssertion,
} from "@lade/service/credentials";
import { clockSkew } from "@lade/service/errors";
import { type CredentialFile, fieldOf, urlOf } from "./credential_file.ts";
import type { GcsToken } from "./gcs_credential.ts";
import type { TokenSurroundings } from "./token_surroundings.ts";

const ASSERTED = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** What Google says of a key that it does not take, and what to do. */
const KEY_FAULTS: readonly (readonly [says: RegExp, advice: string])[] = [
  [/signature/i, "the key was deleted, or the file was changed; make another key"],
  [/account not found|disabled/i, "the service account was deleted or disabled; name another one"],
];

/** By the key of a service account ("Using OAuth 2.0 for server to server applications"). */
export async function tokenByKey(
  file: CredentialFile,
  scope: string,
  around: TokenSurroundings,
): Promise<GcsToken> {
  const { clock, web } = around;
  const { fields: { private_key_id: kid }, named } = file;
  const [email, key] = [fieldOf(file, "client_email"), { pem: fieldOf(file, "private_key"), named }];
  const url = urlOf(file, "token_uri", "https://oauth2.googleapis.com/token", around);
  const claims = { iss: email, scope, aud: url, nbf: undefined, jti: undefined };
  const askAt = async (nowMs: number, mayCorrect: boolean): Promise<GivenToken> => {
    const assertion = await signAssertion({
      algorithm: "RS256",
      header: { kid },
      claims,
      key,
      nowMs,
    });
    const asked = { service: `Google (for ${quote(email)})`, method: "POST", url } as const;
    let otherMs: number | undefined;
    const advise = ({ message, serverTimeMs }: Refusal) => {
      if (!/short-lived|\biat\b/i.test(message)) return KEY_FAULTS.find(([says]) => says.test(message))?.[1];
      otherMs = serverTimeMs;
      return `the clock of this machine is ${clockSkew(serverTimeMs, clock.now())}; set the clock`;
    };
    try {
      const form = { grant_type: ASSERTED, assertion };
      return await askForToken(web, { ...asked, form }, () => clock.now(), advise);
    } catch (error) {
      // The refusal shows what time it is.
      if (!mayCorrect || otherMs === undefined) throw error;
      return await askAt(otherMs, false);
    }
  };
  return { ...await askAt(clock.now(), true), email, sign: await rsaSigner(key, "RS256") };
}
