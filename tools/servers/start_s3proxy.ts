import { findProgram } from "./find_program.ts";
import type { S3TestServer } from "./s3_test_server.ts";
import { startServer } from "./start_server.ts";

const LOGGING = `<configuration>
  <appender name="STDERR" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%m%n</pattern></encoder></appender>
  <root level="warn"><appender-ref ref="STDERR"/></root>
</configuration>`;

/** Whether S3Proxy is there; `deno task servers` installs it. */
export function hasS3Proxy(): boolean {
  return findProgram("s3proxy") !== undefined;
}

/**
 * Starts S3Proxy, which keeps objects as files and checks every signature. With its own settings, as here, it refuses
 * every header that it does not know.
 */
export async function startS3Proxy(): Promise<S3TestServer> {
  const command = findProgram("s3proxy");
  if (command === undefined) {
    throw new Error("Cannot start S3Proxy: it is not installed; try deno task servers");
  }
  const keys = { accessKeyId: "AKIAS3PROXY", secretAccessKey: "s3proxy/secret+key" };
  const server = await startServer({
    name: "s3proxy",
    command,
    args(port, directory) {
      const settings = {
        "s3proxy.endpoint": `http://127.0.0.1:${port}`,
        "s3proxy.authorization": "aws-v2-or-v4",
        "s3proxy.identity": keys.accessKeyId,
        "s3proxy.credential": keys.secretAccessKey,
        "jclouds.provider": "filesystem-nio2",
        "jclouds.filesystem.basedir": `${directory}/objects`,
      };
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
      Deno.mkdirSync(`${directory}/objects`);
      Deno.writeTextFileSync(`${directory}/s3proxy.properties`, lines.join("\n"));
      Deno.writeTextFileSync(`${directory}/logback.xml`, LOGGING);
      return [`${directory}/logback.xml`, "--properties", `${directory}/s3proxy.properties`];
    },
  });
  return { ...server, ...keys, url: `http://127.0.0.1:${server.port}` };
}
