import {
  askForToken,
  askService,
  LOCAL_PATIENCE,
  probeService,
  type ServiceAnswer,
} from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { GcsToken } from "./gcs_credential.ts";
import { signBlob, SIGNED_MS } from "./impersonate.ts";
import type { TokenSurroundings } from "./token_surroundings.ts";

/** How the source of such tokens is called. */
export const METADATA = "the metadata server";
const FLAVOR = { "metadata-flavor": "Google" };
/** Variables that Google's own platforms set: there is a metadata server, though it may be slow at first. */
const PLATFORMS = ["K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE", "FUNCTION_TARGET"];

type Around = Omit<TokenSurroundings, "allowHttp" | "read">;

/**
 * The token of the machine's own service account, of Compute Engine, Kubernetes and the serverless platforms ("View and
 * query VM metadata"); else why there is none, in words: where no such server answers, after a second.
 */
export async function metadataToken(around: Around): Promise<GcsToken | string> {
  const { clock, env, web } = around;
  if (/^(?:true|1)$/i.test(env("NO_GCE_CHECK") ?? "")) return "NO_GCE_CHECK is set";
  const account = "instance/service-accounts/default";
  const isKnown = PLATFORMS.some((name) => env(name) !== undefined);
  const question = questionOf(env, `${account}/email`);
  const answer =
    await (isKnown ? askService(web, { ...question, local: LOCAL_PATIENCE }) : probeService(web, question));
  if (typeof answer === "string") return answer;
  const fault = faultOf(answer);
  if (fault !== undefined) return answer.status === 404 ? "the machine has no service account" : fault;
  const email = answer.text.trim();
  const asked = { ...questionOf(env, `${account}/token`), local: LOCAL_PATIENCE };
  const given = await askForToken(web, asked, () => clock.now());
  const sign = (bytes: Uint8Array) => signBlob(around, given.token, { email }, bytes);
  return { ...given, email, sign, signedMs: SIGNED_MS };
}

/** The id of the machine's project. */
export async function metadataProject({ env, web }: Around): Promise<string | undefined> {
  const answer = await askService(web, { ...questionOf(env, "project/project-id"), local: LOCAL_PATIENCE });
  const fault = faultOf(answer);
  if (fault !== undefined) throw new CredentialFault(`${METADATA} tells no project: ${fault}`);
  return answer.text.trim();
}

function questionOf(env: Around["env"], path: string) {
  const host = env("GCE_METADATA_HOST") ?? env("GCE_METADATA_IP") ?? "169.254.169.254";
  // Some of Google's libraries take a URL.
  const url = `http://${host.replace(/^http:\/\/|\/+$/g, "")}/computeMetadata/v1/${path}`;
  return { service: METADATA, method: "GET", url, headers: FLAVOR } as const;
}

/** Why an answer is not what was asked for. Without its header it may be anyone's, such as that of a portal. */
function faultOf({ header, status }: ServiceAnswer): string | undefined {
  if (header("metadata-flavor") !== "Google") return "what answers there is no metadata server of Google's";
  return status === 200 ? undefined : `it answers ${status}`;
}
