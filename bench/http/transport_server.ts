import { compile } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";

/** A server that does as little as it can, so that the client is what is measured. */
export interface TransportServer extends AsyncDisposable {
  /** Where it listens; `GET /<bytes>` answers so many. */
  readonly url: string;
}

/** Starts the server of `native/`, or where there is no C compiler one of Deno's. */
export async function startTransportServer(): Promise<TransportServer> {
  const workspace = await makeWorkspace();
  const program = await compile("http_server", workspace.path);
  if (!program) return await startDenoServer(workspace);
  const child = new Deno.Command(program, { stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const port = new TextDecoder().decode((await reader.read()).value).trim();
  reader.releaseLock();
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.output();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

async function startDenoServer(workspace: AsyncDisposable): Promise<TransportServer> {
  const block = new Uint8Array(2 ** 22);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.body?.pipeTo(new WritableStream());
    let left = Number(new URL(request.url).pathname.slice(1));
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(block.subarray(0, Math.min(left, block.length)));
        left -= Math.min(left, block.length);
        if (left === 0) controller.close();
      },
    });
    const status = request.method === "PUT" ? 201 : 200;
    const headers = { "content-length": `${left}`, etag: '"0123456789abcdef"', "x-ms-request-id": "0" };
    return new Response(left > 0 ? body : null, { status, headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
