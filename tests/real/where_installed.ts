import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";

/** A server that others wrote. */
export interface ForeignServer {
  /** What it is called. */
  readonly name: string;
  /** Whether it is installed. */
  readonly has: () => boolean;
  /** Starts it. */
  readonly start: () => Promise<S3TestServer>;
}

/** Registers tests of a server that runs for all of them, or one skipped test where it is not installed. */
export function whereInstalled(
  { name, has, start }: ForeignServer,
  register: (running: () => S3TestServer) => void,
): void {
  if (!has()) {
    Deno.test.ignore(`S3Store on ${name} (skipped: ${name} is not installed: deno task servers)`, () => {});
    return;
  }
  let server: S3TestServer | undefined;
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
