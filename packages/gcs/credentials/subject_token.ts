import {
  askService,
  briefly,
  checkServiceUrl,
  CommandLimitError,
  jsonFields,
  LOCAL_PATIENCE,
  readSecret,
  refused,
  runCommand,
  type ServiceQuestion,
  systemShell,
} from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import { type CredentialFile, fieldOf } from "./credential_file.ts";
import type { TokenSurroundings } from "./token_surroundings.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A service of the machine itself, or of its cloud at an address that leaves it for nowhere. */
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|169\.254(?:\.\d+){2}|\[fd00:ec2::254\])$/;
const ALLOW = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";
const EXECUTABLE_MS = 30_000;

/** What an identity's own provider says of it: the content of a file, the answer of a URL or of a program, a request of AWS. */
export async function subjectToken(file: CredentialFile, around: TokenSurroundings): Promise<string> {
  const source = fieldsOf(file.fields["credential_source"]);
  if (typeof source["environment_id"] === "string") return await awsToken(file, around);
  if (source["executable"]) return await executableToken(file, fieldsOf(source["executable"]), around);
  if (typeof source["url"] === "string") {
    return read(file, source, await ask(file, source["url"], { headers: source["headers"] }, around));
  }
  if (typeof source["file"] === "string") {
    const asked = { value: source["file"], source: file.named };
    return read(file, source, await readSecret(around.read, "the token file", asked));
  }
  const found = source["certificate"]
    ? "identifies itself by a certificate"
    : "names no source of tokens that is known";
  throw new CredentialFault(`${file.named} ${found}`, {
    advice: "known are a file, a URL, an executable and AWS as its credential_source",
  });
}

/** The token in a text, which may be JSON. */
function read(file: CredentialFile, { format }: Fields, text: string): string {
  const { type, subject_token_field_name: name } = fieldsOf(format);
  const found = type === "json" ? jsonFields(text)[String(name)] : text.trim();
  if (typeof found === "string" && found !== "") return found;
  throw new CredentialFault(`the source of tokens of ${file.named} gives none`);
}

async function ask(
  { named }: CredentialFile,
  url: string,
  { headers, method = "GET" }: { readonly method?: unknown; readonly headers?: unknown },
  { allowHttp, web }: TokenSurroundings,
): Promise<string> {
  const isLocal = LOCAL.test(URL.parse(url)?.hostname ?? "");
  const question: ServiceQuestion = {
    service: `the source of tokens of ${named}`,
    method: method as ServiceQuestion["method"],
    url: checkServiceUrl("tokens", url, named, allowHttp || isLocal).href,
    headers: Object.fromEntries(new Headers(headers as HeadersInit)),
    ...(method === "PUT" && { body: "" }),
    ...(isLocal && { local: LOCAL_PATIENCE }),
  };
  const answer = await askService(web, question);
  if (answer.status !== 200) throw refused(`${question.service} gives none`, answer);
  return answer.text;
}

/** By a program, which has to be allowed by a variable. What it printed for the last one may be in a file. */
async function executableToken(
  file: CredentialFile,
  executable: Fields,
  { clock, env, read }: TokenSurroundings,
): Promise<string> {
  if (env(ALLOW) !== "1") {
    throw new CredentialFault(`${file.named} names a program to run`, { advice: `allow that by ${ALLOW}=1` });
  }
  const { output_file: kept, timeout_millis: timeoutMs = EXECUTABLE_MS } = executable;
  const tokenIn = (text: string) => {
    const { success, expiration_time: ends, id_token, saml_response, code, message } = jsonFields(text);
    const token = id_token ?? saml_response;
    const isOver = ends !== undefined && Number(ends) * 1000 <= clock.now();
    if (success === true && typeof token === "string" && !isOver) return { token };
    const said = success === false
      ? `${code}, ${message}`
      : isOver
      ? "what it gives has expired"
      : "it gives no token";
    return { said };
  };
  const before = typeof kept === "string" ? tokenIn(await read(kept).catch(() => "") ?? "").token : undefined;
  if (before !== undefined) return before;
  const program = `the program of ${file.named}`;
  const impersonated = /serviceAccounts\/([^:]+)/.exec(
    String(file.fields["service_account_impersonation_url"]),
  )?.[1];
  const outcome = await runCommand(fieldOf({ fields: executable, named: program }, "command"), clock, {
    timeoutMs: Number(timeoutMs),
    maxBytes: 2 ** 20,
    env: {
      GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: fieldOf(file, "audience"),
      GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: fieldOf(file, "subject_token_type"),
      GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE: "0",
      ...(typeof kept === "string" && { GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: kept }),
      ...(impersonated !== undefined && { GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL: impersonated }),
    },
  }).catch((cause: unknown) => {
    const why = cause instanceof CommandLimitError
      ? cause.message
      : `may not be run (--allow-run=${systemShell()[0]})`;
    throw new CredentialFault(`${program} ${why}`, { cause });
  });
  const { said, token } = outcome.code === 0
    ? tokenIn(outcome.stdout)
    : { said: `it ends with ${outcome.code}` };
  if (token !== undefined) return token;
  throw new CredentialFault(`${program} fails: ${briefly(said ?? "")}`);
}

/** By a request of AWS's that Google sends on, signed by the keys of the environment or of the machine. */
async function awsToken(file: CredentialFile, around: TokenSurroundings): Promise<string> {
  const request = async (
    { url, responseType, ...asked }: { readonly url: string; readonly responseType?: string },
  ) => {
    const text = await ask(file, url, asked, around);
    return { data: responseType === "json" ? jsonFields(text) : text };
  };
  try {
    const { AwsClient } = await import("./aws_client.ts");
    const options = { ...file.fields, transporter: { request }, useAuthRequestParameters: false } as const;
    return await new AwsClient(options).retrieveSubjectToken();
  } catch (cause) {
    if (cause instanceof CredentialFault) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new CredentialFault(`${file.named} gives no request of AWS's: ${briefly(said)}`, { cause });
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
