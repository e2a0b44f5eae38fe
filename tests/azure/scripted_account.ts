import { createStoreContext, type ObjectStore, type StoreContext } from "@lade/core";
import type { TransportOptions } from "@lade/service/http";
import { AzureStore } from "../../packages/azure/store/azure_store.ts";

/** A request, as a script sees it. */
export interface Asked {
  readonly method: string;
  /** Path, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What a script answers; headers that only the service sends are added unless it is `foreign`. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly foreign?: boolean;
}

/** An account whose answers a test writes itself, for what no other server answers on command. */
export class ScriptedAccount implements AsyncDisposable {
  readonly requests: Asked[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Starts it on a port that the system chooses; `script` may be replaced at any time. */
  constructor(public script: (asked: Asked) => Answer | Promise<Answer>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const [path = "", query = ""] = request.url.replace(/^\w+:\/\/[^/]*/, "").split("?");
      const { method, headers } = request;
      const body = new Uint8Array(await request.arrayBuffer());
      const asked = { method, path, query: new URLSearchParams(query), headers, body };
      this.requests.push(asked);
      const answer = await this.script(asked);
      const own = answer.foreign
        ? {}
        : { "x-ms-request-id": "0", "x-ms-version": headers.get("x-ms-version") ?? "" };
      const empty = method === "HEAD" || answer.status === 204 || answer.status === 304;
      return new Response(empty ? null : answer.body ?? "", {
        status: answer.status,
        headers: { ...own, ...answer.headers },
      });
    });
  }

  /** URL of the service, without the account. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** What was asked, in short: `GET /account/container?comp=list`. */
  get asked(): string[] {
    return this.requests.map(({ method, path, query }) => {
      const told = [...query].filter(([name]) => name === "comp" || name === "restype");
      return `${method} ${path}${told.length ? `?${told.map(([, value]) => value).join()}` : ""}`;
    });
  }

  /** Opens a container of it. */
  open(
    container: string,
    context: StoreContext = createStoreContext(),
    transport: TransportOptions = {},
  ): ObjectStore {
    return new AzureStore(container, {
      endpoint: { url: this.url, account: "account", path: "/account" },
      credential: { kind: "sharedKey", account: "account", key: btoa("key") },
      context,
      transport,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** A failure as the service reports it. */
export function failure(status: number, code: string, message: string = code): Answer {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "x-ms-error-code": code, "content-type": "application/xml" }, body };
}
