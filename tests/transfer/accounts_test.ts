import { assert, assertEquals } from "@std/assert";
import { Lade, type LadeConfig } from "@lade/lade";
import type { RequestRecord } from "@lade/testing/http";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { startFakeGcs } from "../fakes/gcs/mod.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "empty": "",
  "größe/😀": "unicode",
  "many parts": "0123456789".repeat(60_000),
};

/** Two places of one scheme, of which each has keys of its own: two accounts of one endpoint, or two endpoints. */
interface TwoPlaces {
  readonly config: LadeConfig;
  /** The prefixes, which end in a slash. */
  readonly ours: string;
  readonly theirs: string;
  /** The servers. */
  readonly servers: readonly (AsyncDisposable & { readonly requests: RequestRecord[] })[];
  /** Whose keys a request has to be signed by, and whose it is signed by. */
  readonly signed?: (request: RequestRecord) => readonly [due: string, found: string];
  /** What is at theirs, by its name below the prefix. */
  readonly there: () => Record<string, string>;
}

type How = "accounts" | "endpoints";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

const PLACES: Readonly<Record<string, (how: How) => Promise<TwoPlaces>>> = {
  s3: async (how) => {
    const theirKeys = { accessKeyId: "THEIRKEY", secretAccessKey: "theirs" };
    const ourKeys = { accessKeyId: "OURKEY", secretAccessKey: "ours" };
    const theirs = await startFakeS3({ buckets: ["theirs", "ours"], minPartSize: 1, ...theirKeys });
    const ours = how === "accounts"
      ? theirs
      : await startFakeS3({ buckets: ["ours"], minPartSize: 1, ...ourKeys });
    if (ours === theirs) {
      ours.credentials.set(ourKeys.accessKeyId, { secretAccessKey: ourKeys.secretAccessKey });
    }
    const multipart = { partSize: 65_536 };
    return {
      config: {
        s3: { endpoint: ours.url, credentials: ourKeys, multipart },
        "s3://theirs/": { endpoint: theirs.url, credentials: theirKeys, multipart },
      },
      ours: "s3://ours/a/",
      theirs: "s3://theirs/b/",
      servers: [...new Set([ours, theirs])],
      signed: ({ path, headers }) => [
        path.startsWith("/theirs") ? "THEIRKEY" : "OURKEY",
        /Credential=([^/]*)/.exec(headers["authorization"] ?? "")?.[1] ?? "",
      ],
      there: () =>
        Object.fromEntries(
          theirs.objects("theirs").map(({ key }) => [key.slice(2), text(theirs.bytes("theirs", key))]),
        ),
    };
  },
  az: async (how) => {
    const theirs = await startFakeAzure({ account: "theirs", containers: ["box"] });
    const ours = how === "accounts" ? theirs : await startFakeAzure({ account: "ours", containers: ["box"] });
    const account = how === "accounts" ? ours.createAccount("ours") : ours.account;
    if (ours === theirs) ours.createContainer("box", { account });
    const blocks = { blockSize: 65_536, threshold: 65_536 };
    const prefix = (server: typeof ours, name: string) => `az://${new URL(server.url).host}/${name}/box/`;
    const at = (server: typeof ours, { name, keys: [accountKey] }: typeof account) => ({
      [prefix(server, name)]: { account: name, accountKey, endpoint: `${server.url}/${name}`, ...blocks },
    });
    return {
      config: { ...at(ours, account), ...at(theirs, theirs.account) } as LadeConfig,
      ours: `${prefix(ours, "ours")}a/`,
      theirs: `${prefix(theirs, "theirs")}b/`,
      servers: [...new Set([ours, theirs])],
      signed: ({ path, headers }) => [
        path.split("/")[1] ?? "",
        /^SharedKey (\w+):/.exec(headers["authorization"] ?? "")?.[1] ?? "",
      ],
      there: () =>
        Object.fromEntries(
          theirs.blobs("box").map(({ key }) => [key.slice(2), text(theirs.bytes("box", key))]),
        ),
    };
  },
  gs: async (how) => {
    const theirs = await startFakeGcs({ buckets: ["theirs", "ours"] });
    const ours = how === "accounts" ? theirs : await startFakeGcs({ buckets: ["ours"] });
    const at = (server: typeof ours) => ({
      endpoint: server.url,
      accessToken: server.issueToken(),
      threshold: 65_536,
    });
    return {
      config: { gs: at(ours), "gs://theirs/": at(theirs) },
      ours: "gs://ours/a/",
      theirs: "gs://theirs/b/",
      servers: [...new Set([ours, theirs])],
      there: () =>
        Object.fromEntries(
          theirs.objects("theirs").map(({ name }) => [name.slice(2), text(theirs.bytes("theirs", name))]),
        ),
    };
  },
};

/** Whether the service itself copies: Azure between its accounts, and Google, to whom one endpoint is one service. */
const BY_SERVICE: Readonly<Record<string, boolean>> = { "az accounts": true, "gs accounts": true };

for (const [scheme, open] of Object.entries(PLACES)) {
  for (const how of ["accounts", "endpoints"] as const) {
    Deno.test(`cp and mv between two ${how} of ${scheme}:// bring every byte, by the keys of each`, async () => {
      const { config, ours, theirs, servers, signed, there } = await open(how);
      await using stack = new AsyncDisposableStack();
      const lade = stack.use(new Lade({ config }));
      for (const server of servers) stack.use(server);
      for (const [name, content] of Object.entries(TEXTS)) await lade.put(ours + name, content);
      const run = async (...args: string[]) => {
        for (const { requests } of servers) requests.length = 0;
        const terminal = new FakeTerminal({});
        assertEquals(await runCli(args, { terminal, lade }), 0, terminal.stderr.text);
        const records = servers.flatMap(({ requests }) => requests);
        assertEquals(records.filter(({ status }) => status === 401 || status === 403), []);
        for (const record of signed ? records : []) {
          const [due, found] = signed?.(record) ?? [];
          assertEquals(found, due, `${record.method} ${record.path}`);
        }
        return records.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
      };
      const size = TEXTS["many parts"]?.length ?? 0;
      const copied = await run("cp", "-q", "-r", ours, theirs);
      assertEquals(there(), TEXTS);
      const moved = await run("mv", "-q", "-r", theirs, `${ours}back/`);
      assertEquals(there(), {});
      for (const [name, content] of Object.entries(TEXTS)) {
        assertEquals(text(await lade.get(`${ours}back/${name}`)), content, name);
      }
      const isService = BY_SERVICE[`${scheme} ${how}`] ?? false;
      for (const bytes of [copied, moved]) {
        assert(bytes < size === isService, `${bytes} bytes went through this process`);
      }
    });
  }
}
