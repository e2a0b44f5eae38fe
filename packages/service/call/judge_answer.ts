import { faultInsideSuccess, foreignFault, type ServiceFault } from "../errors/mod.ts";
import {
  describePage,
  type EndpointSigns,
  isPage,
  PAGE_PEEK_BYTES,
  type TransportResponse,
} from "../http/mod.ts";
import type { AnswerRule } from "./answer_rule.ts";
import type { ServiceDialect } from "./service_dialect.ts";

const HTML = /^\s*(?:text\/html|application\/xhtml)/i;

/**
 * Judges an answer whose status is no failure by what the request calls for, and gives the fault of one that is not
 * the service's or does not say what it must; `undefined` for a good one. Only the start of the body is read,
 * unless all of it is given as `text`.
 *
 * What must be there differs: the root of a document, the etag or version of a write. What no service sends is
 * refused: other statuses, pages, an answer without a name where the endpoint named all before.
 */
export async function judgeAnswer<F extends ServiceFault>(
  dialect: ServiceDialect<F>,
  rule: AnswerRule,
  response: TransportResponse,
  signs: EndpointSigns,
  text?: string,
): Promise<F | undefined> {
  const { faults, form } = dialect;
  const { headers, status } = response;
  const marked = signs.marks(headers);
  const fault = (what: string) => foreignFault(faults, response, what);
  const start = () => text ?? startOf(response);
  if (!rule.statuses.includes(status)) return fault(await described(start(), "nothing that fits the call"));
  if (rule.kind === "document") {
    const found = await start();
    // What breaks off fails its reader.
    if (found === undefined) return undefined;
    const root = dialect.rootOf(found);
    const isError = root !== undefined && dialect.errorRoots.includes(root);
    if (root === undefined || isError || isPage(found) || (rule.roots && !rule.roots.includes(root))) {
      if (isError) {
        const all = await readAll(response, text);
        const inside = faultInsideSuccess(faults, headers, all);
        // What breaks off fails its reader here, too.
        if (inside || all === "") return inside;
      }
      const encoding = headers.get("content-encoding");
      if (encoding && root === undefined) {
        return fault(`bytes with Content-Encoding ${JSON.stringify(encoding)}`);
      }
      const wanted = rule.roots
        ? `where ${form} with ${JSON.stringify(rule.roots[0])} belongs`
        : `where ${form} belongs`;
      const shown = root === undefined || isPage(found)
        ? describePage(found)
        : `the document ${JSON.stringify(root)}`;
      return fault(`${shown} ${wanted}`);
    }
    signs.note(headers, true);
    return undefined;
  }
  signs.note(headers, false);
  if (isRecoded(response)) {
    return fault(
      `bytes that were compressed on the way (${headers.get("content-encoding")}, with a weak etag)`,
    );
  }
  const receipt = rule.kind === "write" || rule.kind === "removal" || rule.kind === "other";
  const unnamed = !marked && signs.demanded;
  if (unnamed || (receipt && response.body.length !== 0)) {
    const found = await start() ?? "";
    const inside = faultInsideSuccess(faults, headers, found);
    if (inside) return inside;
    if (isPage(found) || (receipt && !marked && !isReceiptBody(dialect, found))) {
      return fault(describePage(found));
    }
    if (unnamed) return fault(lacking(signs));
  }
  if (rule.kind === "write" && !isReceipt(dialect, response)) {
    return fault("neither an etag nor a version, so nothing shows that the bytes are stored");
  }
  return undefined;
}

/**
 * Whether {@linkcode judgeAnswer} finds no fault without a look into the body: an answer about an object, or to a write or
 * removal, as nearly all are. Such a one is noted as it does.
 */
export function isPlainlyGood<F extends ServiceFault>(
  dialect: ServiceDialect<F>,
  { kind, statuses }: AnswerRule,
  response: TransportResponse,
  signs: EndpointSigns,
): boolean {
  if (kind === "document" || !statuses.includes(response.status)) return false;
  if (!signs.marks(response.headers) || isRecoded(response)) return false;
  if (kind !== "object" && kind !== "head" && response.body.length !== 0) return false;
  if (kind === "write" && !isReceipt(dialect, response)) return false;
  signs.note(response.headers, false);
  return true;
}

/** Some services answer writes and removals with a document of their own. */
function isReceiptBody(dialect: ServiceDialect, start: string): boolean {
  return start.trim() === "" || dialect.isReceiptBody(start);
}

/**
 * Why an answer to a GET or HEAD of an object, good as it is by its form, may be somebody else's: it bears no sign of the
 * service, and is a page or lacks an etag where nothing was known of the endpoint yet. A document that reports an error
 * is a fault.
 */
export async function doubtOf<F extends ServiceFault>(
  { faults }: ServiceDialect<F>,
  response: TransportResponse,
  signs: EndpointSigns,
): Promise<F | undefined> {
  const { headers } = response;
  if (signs.marks(headers)) return undefined;
  const html = HTML.test(headers.get("content-type") ?? "");
  if (!html && (headers.has("etag") || signs.proven)) return undefined;
  const start = await startOf(response) ?? "";
  return faultInsideSuccess(faults, headers, start) ??
    foreignFault(
      faults,
      response,
      start !== "" ? describePage(start) : html ? "a page" : "no sign of the service",
    );
}

/** What an answer lacks that all others of its endpoint had, or all of its kind have. */
export function lacking({ ids, proven }: EndpointSigns): string {
  return `no ${ids}, which the service ${proven ? "sent before" : "sends with each answer"}`;
}

function isReceipt({ receipts }: ServiceDialect, { headers }: TransportResponse): boolean {
  return receipts.some((name) => headers.get(name)?.replaceAll('"', ""));
}

/** Who compresses an answer on its way makes its etag a weak one (RFC 9110, section 8.8.1). */
function isRecoded({ headers }: TransportResponse): boolean {
  return headers.has("content-encoding") && (headers.get("etag")?.startsWith("W/") ?? false);
}

/** The start of a body; `undefined` for one that breaks off there. */
async function startOf({ body }: TransportResponse): Promise<string | undefined> {
  if (body.length === 0) return "";
  try {
    return new TextDecoder().decode(await body.peek(PAGE_PEEK_BYTES));
  } catch {
    return undefined;
  }
}

async function readAll({ body }: TransportResponse, text: string | undefined): Promise<string> {
  return text ?? await body.text(2 ** 16).catch(() => "");
}

async function described(
  start: string | Promise<string | undefined>,
  otherwise: string,
): Promise<string> {
  const text = await start ?? "";
  return text.trim() === "" ? otherwise : describePage(text);
}
