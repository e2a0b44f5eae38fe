import { type Authorizer, BearerAuthorizer, NO_AUTHORIZER } from "@lade/service/call";
import type { HeaderList } from "@lade/service/http";
import type { GcsCredential } from "./gcs_credential.ts";

/**
 * What makes the authorizers of calls: by the token, and with the name of the project that pays where one is configured, or
 * the source of the token has one.
 */
export function authorizerOf(credential: GcsCredential, userProject: string | undefined): () => Authorizer {
  const paid = (headers: HeaderList): HeaderList => {
    const own = credential.kind === "bearer" ? credential.tokens.current?.value.quotaProject : undefined;
    const payer = userProject ?? own;
    return payer === undefined ? headers : [...headers, ["x-goog-user-project", payer]];
  };
  return () => {
    const by = credential.kind === "bearer" ? new BearerAuthorizer(credential.tokens) : NO_AUTHORIZER;
    return {
      authorize(request) {
        const found = by.authorize(request);
        return found instanceof Promise ? found.then(paid) : paid(found);
      },
      correct: (fault) => by.correct(fault),
    };
  };
}
