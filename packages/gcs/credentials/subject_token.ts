import {
  askService,
  briefly,
  checkServiceUrl,
  type CredentialFile,
  jsonFields,
  LOCAL_PATIENCE,
  readSecret,
  refused,
  runCommand,
  type ServiceQuestion,
  whyNotRun,
} from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { TokenSurroundings } from "./token_surroundings.ts";

/** A service of the machine itself, or of its cloud at an address that leads nowhere else. */
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|169\.254(?:\.\d+){2}|\[fd00:ec2::254\])$/;

/** What an identity's own provider says of it: the content of a file, the answer of a URL or of a program, a request of AWS. */
export async function subjectToken(file: CredentialFile, around: TokenSurroundings): Promise<string> {
  const source = file.part("credential_source");
  const [path, url] = [source.text("file"), source.text("url")];
  if (source.text("environment_id") !== undefined) return await awsToken(file, around);
  if (source.fields["executable"]) return await programToken(file, source.part("executable"), around);
  if (url === undefined && path === undefined) {
    const isKnown = source.fields["certificate"] !== undefined;
    const found = isKnown ? "identifies itself by a certificate" : "names no source of tokens that is known";
    const advice = "known are a file, a URL, an executable and AWS as its credential_source";
    throw new CredentialFault(`${file.named} ${found}`, { advice });
  }
  const text = url === undefined
    ? await readSecret(around.read, "the token file", { value: path ?? "", source: file.named })
    : await ask(file, { url, headers: source.fields["headers"] }, around);
  const format = source.part("format");
  const name = format.text("subject_token_field_name") ?? "";
  const token = format.text("type") === "json" ? jsonFields(text)[name] : text.trim();
  if (typeof token === "string" && token !== "") return token;
  throw new CredentialFault(`the source of tokens of ${file.named} gives none`);
}

async function ask(
  { named }: CredentialFile,
  { headers, method = "GET", url }: {
    readonly url: string;
    readonly method?: unknown;
    readonly headers?: unknown;
  },
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

/** How long a program may take at most, as the reference has it. */
const MAX_PROGRAM_MS = 120_000;

/** By a program, which has to be allowed by a variable. What it printed for the last one may be in a file. */
async function programToken(
  file: CredentialFile,
  program: CredentialFile,
  { clock, env, read }: TokenSurroundings,
): Promise<string> {
  const [allow, named] = ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", `the program of ${file.named}`];
  if (env(allow) !== "1") {
    throw new CredentialFault(`${file.named} names a program to run`, { advice: `allow that by ${allow}=1` });
  }
  const tokenIn = (text: string): { readonly token?: string; readonly said?: string } => {
    const { success, expiration_time: ends = Infinity, id_token, saml_response, code, message } = jsonFields(
      text,
    );
    const token = id_token ?? saml_response;
    if (success === false) return { said: `${code}, ${message}` };
    if (success !== true || typeof token !== "string") return { said: "it gives no token" };
    return Number(ends) * 1000 <= clock.now() ? { said: "what it gives has expired" } : { token };
  };
  const kept = program.text("output_file");
  const before = kept === undefined ? undefined : tokenIn(await read(kept).catch(() => "") ?? "").token;
  if (before !== undefined) return before;
  const [, acted] = /serviceAccounts\/([^:]+)/.exec(file.text("service_account_impersonation_url") ?? "") ??
    [];
  const told = {
    AUDIENCE: file.need("audience"),
    TOKEN_TYPE: file.need("subject_token_type"),
    INTERACTIVE: "0",
    ...(kept !== undefined && { OUTPUT_FILE: kept }),
    ...(acted !== undefined && { IMPERSONATED_EMAIL: acted }),
  };
  const timeoutMs = Number(program.fields["timeout_millis"]);
  const { code, stdout } = await runCommand(program.need("command"), clock, {
    timeoutMs: timeoutMs > 0 ? Math.min(timeoutMs, MAX_PROGRAM_MS) : 30_000,
    maxBytes: 2 ** 20,
    env: Object.fromEntries(
      Object.entries(told).map(([name, value]) => [`GOOGLE_EXTERNAL_ACCOUNT_${name}`, value]),
    ),
  }).catch((cause) => {
    throw new CredentialFault(`${named} ${whyNotRun(cause)}`, { cause });
  });
  const { said, token } = code === 0 ? tokenIn(stdout) : { said: `it ends with ${code}`, token: undefined };
  if (token !== undefined) return token;
  throw new CredentialFault(`${named} fails: ${briefly(said ?? "")}`);
}

/** By a request of AWS's that Google sends on, signed by the keys of the environment or of the machine. */
async function awsToken(file: CredentialFile, around: TokenSurroundings): Promise<string> {
  const request = async (asked: { readonly url: string; readonly responseType?: string }) => {
    const text = await ask(file, asked, around);
    return { data: asked.responseType === "json" ? jsonFields(text) : text };
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
