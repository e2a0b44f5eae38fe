import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../fakes/s3/mod.ts";
import { CliHere } from "./run_here.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** What makes a message appear: a command line, in a world of its own. */
interface Provocation {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: (cli: S3Cli) => readonly string[];
}

const BUNDLE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const NET = ({ fake }: S3Cli) => [`--allow-net=127.0.0.1:${fake.port},127.0.0.1:1,localhost:1`];
const ENV = ["--allow-env", "--allow-sys=osRelease"];
/** What the tests of single pieces provoke; here it is enough that the program can say it. */
const ELSEWHERE = [
  "Node locks files by the program flock or perl",
  "the environment names a proxy for it, which Node goes through",
  "standard input gave no bytes",
  "Cannot read standard input: it is a directory",
  "Cannot write to standard output",
  "it is a socket",
  "it is that of an authority (CA:TRUE)",
  "it is for other names than this host's",
  "no answer to the TLS handshake",
  "the name does not resolve",
  "wants a user and a password",
  "made no connection to the endpoint",
  "the answer is not that of an S3 service",
  "a 404 that is not the service's",
  "the answer does not begin with HTTP/1",
  "the TLS handshake failed",
  "changed while it was read",
  "ignores conditions on writes",
  "too many files are open",
  "holds a private key",
  // Of Azure: azure_errors_test.ts.
  "no account is known",
  "may be an account or a container of",
  "it ends in a signature, which only an https:// URL may",
  "no credentials go to",
  "no such container at",
  "the service asks who it is",
  "grant the role",
  "lacks the permission to",
  "alone, not for the",
  "have another one made",
  "does not fit; it is for another place",
  "the account takes no keys",
  "may not know this network",
  "the clock of this machine is",
  "it is leased, and only who holds the lease can change it",
  "an immutability policy or a legal hold protects it",
  "the object is in the archive tier",
  "the object has snapshots, which would go with it",
  "a container of this name is being deleted",
  "which the service leaves out",
  // Of Google Cloud Storage: gcs_errors_test.ts, gcs_places_test.ts and the tests of its table.
  "no project is known",
  "there is no such project",
  "names of buckets",
  "names of new buckets",
  "the name is taken, maybe by another project",
  "who lacks",
  "nobody is signed in",
  "has expired, was revoked or is none",
  "is for other services",
  "the bucket is Requester Pays",
  "billing is off",
  "has no open billing account",
  "VPC Service Controls keep",
  "a hold protects the object",
  "it is to be kept for longer",
  "the object is written more than about once a second",
];

const PROVOKED: Readonly<Record<string, Provocation>> = {
  "no such object or prefix": { args: ["ls", "nope"] },
  "it is a prefix; add -r": { args: ["get", "s3://bucket/dir", "x"] },
  "it is a directory; add -r": { args: ["put", "dir", "s3://bucket/"] },
  "part of its path is a file": { args: ["cat", "f/x"] },
  "too many symbolic links lie on the path": { args: ["cat", "loop"] },
  "source and destination are the same": { args: ["cp", "f", "f"] },
  "Deno may not read": { args: ["cat", "/etc/hostname-of-nobody"] },
  "Deno may not write": { args: ["mb", "/nowhere/at/all"] },
  "the process may not connect to this host": { args: ["ls", "s3://bucket"], permissions: () => ENV },
  "Deno may not read the environment": { args: ["ls", "s3://bucket"], permissions: NET },
  "unknown scheme": { args: ["ls", "s4://bucket"] },
  "unknown configuration": { args: ["ls", "--config", "s3.nope=1", "s3://bucket"] },
  "is not of the form name=value": { args: ["cp", "--metadata", "x", "f", "s3://bucket/x"] },
  "the URI names no bucket": { args: ["cat", "s3:///x"] },
  "not a valid bucket name": { args: ["ls", "s3://no_!"] },
  "1024 is the most": { args: ["cat", `s3://bucket/${"k".repeat(1025)}`] },
  "HTTP headers carry ASCII and no line breaks": {
    args: ["cp", "--content-type", "a\nb: c", "f", "s3://bucket/x"],
  },
  "no credentials": { args: ["ls", "s3://bucket"], permissions: NET },
  "does not know access key": { args: ["ls", "s3://bucket"], env: { AWS_ACCESS_KEY_ID: "AKIANOBODY" } },
  "the signature does not fit access key": {
    args: ["ls", "s3://bucket"],
    env: { AWS_SECRET_ACCESS_KEY: "wrong" },
  },
  "access denied to access key": { args: ["cat", "s3://theirs/a"] },
  "no such bucket at": { args: ["ls", "s3://nobucket"] },
  "is damaged: certificate": {
    args: ["ls", "--endpoint-url", "https://127.0.0.1:1", "--ca-bundle", "bad.pem", "s3://bucket"],
  },
  "holds no certificate": {
    args: ["ls", "--endpoint-url", "https://127.0.0.1:1", "--ca-bundle", "f", "s3://bucket"],
  },
  "the connection was refused": {
    args: ["ls", "--endpoint-url", "http://127.0.0.1:1", "s3://bucket"],
    permissions: (cli) => [...ENV, ...NET(cli)],
  },
  "plain HTTP to another machine has to be allowed": {
    args: ["ls", "--endpoint-url", "http://elsewhere.test", "s3://bucket"],
  },
  "it has to be a URL such as https://host:9000": {
    args: ["ls", "--endpoint-url", "localhost:9000", "s3://bucket"],
  },
  "cannot be used": {
    args: ["ls", "s3://bucket"],
    env: { HTTP_PROXY: "http://127.0.0.1:1" },
    permissions: (cli) => [...ENV, ...NET(cli)],
  },
  "is not a URL such as http://host:3128": {
    args: ["ls", "s3://bucket"],
    env: { HTTP_PROXY: "nonsense://" },
    permissions: (cli) => [...ENV, ...NET(cli)],
  },
};

/** What the first column of the table quotes; of `the proxy … says` what comes last. */
async function documented(): Promise<string[]> {
  const text = await Deno.readTextFile(new URL("../../docs/errors.md", import.meta.url));
  const table = text.slice(text.indexOf("| it says |"));
  return table.split("\n").slice(2).filter((line) => line.startsWith("|")).flatMap((line) => {
    const [, first = ""] = /^\| (.*?) \| /.exec(line) ?? [];
    return Array.from(first.matchAll(/`([^`]+)`/g), ([, quoted = ""]) => quoted.split("… ").at(-1) ?? "");
  });
}

Deno.test("docs/errors.md and the tests know the same messages", async () => {
  const quoted = await documented();
  const known = [...Object.keys(PROVOKED), ...ELSEWHERE, "nobody who is trusted has signed it"];
  assertEquals([...new Set(quoted)].sort(), [...new Set(known)].sort());
});

Deno.test("each message of docs/errors.md appears where it is provoked", async () => {
  await using cli = await S3Cli.start({ f: "data", "dir/a": "1", "bad.pem": BUNDLE });
  cli.fake.putObject("bucket", "dir/x", "1");
  cli.fake.createBucket("theirs", { owner: "somebody" });
  await Deno.symlink("loop", `${cli.directory.path}/loop`);
  await Promise.all(
    Object.entries(PROVOKED).map(async ([fragment, { args, env = {}, permissions }]) => {
      const { code, stderr } = await cli.run(args, {
        env,
        ...(permissions && { permissions: permissions(cli) }),
      });
      assert(code !== 0, `${args.join(" ")} ends with 0`);
      assertStringIncludes(stderr, fragment, args.join(" "));
      assert(stderr.startsWith("lade: "), stderr);
    }),
  );
});

Deno.test("a certificate by nobody who is trusted says how to trust it", async () => {
  const tls = makeCertificate({ hosts: ["127.0.0.1"] });
  await using cli = await S3Cli.start({}, { tls });
  const { stderr } = await cli.run(["ls", "s3://bucket"]);
  assertStringIncludes(stderr, "nobody who is trusted has signed it");
});

Deno.test("what docs/errors.md quotes besides is in the program", async () => {
  const root = fileURLToPath(new URL("../../packages/", import.meta.url));
  const { stdout } = await new Deno.Command("git", { args: ["ls-files", "*.ts"], cwd: root }).output();
  const paths = new TextDecoder().decode(stdout).split("\n").filter((path) =>
    path && !path.endsWith("_test.ts")
  );
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(root + path).catch(() => "")));
  const source = texts.join("\n").replaceAll("\\'", "'");
  for (const fragment of ELSEWHERE) {
    const word = fragment.replace(/^Cannot (read|write to) /, "").replace("standard input: ", "").replace(
      "a 404 ",
      "",
    ).replace(" an S3 service", " ${service}");
    assert(source.includes(word) || source.includes(fragment), fragment);
  }
});

Deno.test("no message of a mistake in one command ends with 0", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ f: "1" });
  const nope = `${directory.path}/nope`;
  const lines = [
    ["ls", nope],
    ["ls", nope, `${directory.path}/f`],
    ["stat", nope, `${directory.path}/f`],
    ["cat", nope, `${directory.path}/f`],
    ["get", nope, `${directory.path}/x`],
    ["put", nope, `${directory.path}/f`, "memory://m/"],
    ["put", "-r", nope, "memory://m/"],
    ["cp", nope, `${directory.path}/f`, "memory://m/"],
    ["mv", nope, "memory://m/"],
    ["rm", nope, `${directory.path}/f`],
    ["du", nope, directory.path],
    ["mb", `${directory.path}/nope2`, `${directory.path}/nope2`],
    ["rb", nope],
    ["presign", nope],
    ["doctor", nope + "/deeper"],
    ["man", "nope"],
  ];
  for (const args of lines) {
    for (const flags of [[], ["-q"], ["--json"], ["-v"]]) {
      const { code, stderr } = await cli.run([...args, ...flags]);
      const text = args.concat(flags).join(" ");
      assert(code === 1 || code === 2, `${text}: ${code}`);
      assert(stderr !== "", text);
      if (flags[0] === "--json") { for (const line of stderr.trimEnd().split("\n")) JSON.parse(line); }
    }
    await Deno.writeTextFile(`${directory.path}/f`, "1");
    await Deno.remove(`${directory.path}/nope2`).catch(() => {});
  }
});
