import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";

/** A server that others wrote. */
export interface ForeignServer<S extends AsyncDisposable = S3TestServer> {
  /** What it is called. */
  readonly name: string;
  /** Whether it is installed. */
  readonly has: () => boolean;
  /** Starts it. */
  readonly start: () => Promise<S>;
}

/** Registers tests of a server that runs for all of them, or one skipped test where it is not installed. */
export function whereInstalled<S extends AsyncDisposable>(
  { name, has, start }: ForeignServer<S>,
  register: (running: () => S) => void,
): void {
  if (!has()) {
    Deno.test.ignore(`stores on ${name} (skipped: ${name} is not installed: deno task servers)`, () => {});
    return;
  }
  let server: S | undefined;
  Deno.test.beforeAll(async () => {
    server = await start();
  });
  Deno.test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  register(() => {
    if (!server) throw new Error(`Cannot test: ${name} did not start`);
    return server;
  });
}
