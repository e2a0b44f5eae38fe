import type { ForeignAnswer } from "@lade/testing/service";

/** The answers' server: it gives whatever `answer` is now. */
export class ForeignServer implements AsyncDisposable {
  /** What everything is answered with. */
  answer: ForeignAnswer = { status: 200, headers: {}, body: "" };
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Starts it, on a port the system chooses. */
  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      await request.arrayBuffer();
      const { status, headers, body } = this.answer;
      const length = String(typeof body === "string" ? new TextEncoder().encode(body).length : body.length);
      const empty = request.method === "HEAD" || status === 204;
      return new Response(empty ? null : body, {
        status,
        headers: status === 204 ? headers : { ...headers, "content-length": length },
      });
    });
  }

  /** Where it is. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
