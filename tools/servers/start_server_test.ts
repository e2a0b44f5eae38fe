import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type ServerProgram, startServer } from "./start_server.ts";

const ECHO =
  `Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen() {} }, () => new Response("hi"));
console.log("serves from " + Deno.args[1]);`;

function program(code: string): ServerProgram {
  return {
    name: "start-server-test",
    command: Deno.execPath(),
    args: (port, directory) => ["eval", "--no-config", code, String(port), directory],
  };
}

async function untilClosed(port: number, end: () => PromiseLike<unknown>): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await end();
  assertEquals(await connection.read(new Uint8Array(1)).catch(() => null), null);
}

Deno.test("startServer() resolves once it answers; disposal ends it and removes its directory, but not its log", async () => {
  const server = await startServer(program(ECHO));
  assertEquals(await (await fetch(`http://127.0.0.1:${server.port}`)).text(), "hi");
  await untilClosed(server.port, () => server[Symbol.asyncDispose]());
  await assertRejects(() => Deno.stat(server.directory), Deno.errors.NotFound);
  assertStringIncludes(await Deno.readTextFile(server.log), `serves from ${server.directory}`);
});

Deno.test("startServer() rejects with the end of the log when the server ends at once", async () => {
  const error = await assertRejects(
    () => startServer(program(`console.log("no luck"); Deno.exit(3)`)),
    Error,
  );
  assertStringIncludes(error.message, "it ended with code 3");
  assertStringIncludes(error.message, "no luck");
});

Deno.test("startServer()'s server ends with the process that started it, however that ends", async () => {
  const code = `
    import { startServer } from ${JSON.stringify(new URL("./start_server.ts", import.meta.url).href)};
    const server = await startServer({
      name: "start-server-orphan",
      command: Deno.execPath(),
      args: (port, directory) => ["eval", "--no-config", ${JSON.stringify(ECHO)}, String(port), directory],
    });
    console.log(server.port + " " + server.directory);
    setInterval(() => {}, 1000);`;
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", code],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const [port, directory] = ((await reader.read()).value ?? "").trim().split(" ");
  await reader.cancel();
  await untilClosed(Number(port), () => {
    parent.kill("SIGKILL");
    return parent.status;
  });
  await Deno.remove(directory ?? "", { recursive: true });
});
