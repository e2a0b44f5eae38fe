/**
 * Installs the servers that `deno task test:servers` runs against, each by its own ecosystem's command, into `.servers`:
 * versitygw, gofakes3 and fake-gcs-server by Go, moto by Python, S3Proxy and S3Mock by Maven, Azurite by Deno; and the
 * Python libraries that the formats are tested against, and the Node that libraries are tried on. What is there already is left alone; what cannot be had is named.
 * What takes minutes to build is used where it is there, and not installed: s3s-fs.
 *
 * @module
 */
import { findNode, NODE, NODE_DIRECTORY } from "./find_node.ts";
import { findProgram } from "./find_program.ts";
import { findFormatsPython, FORMATS_LIBRARIES, FORMATS_VENV } from "./formats_python.ts";
import { AZURITE, AZURITE_DIRECTORY, hasAzurite } from "./start_azurite.ts";
import { SERVERS_DIRECTORY } from "./servers_directory.ts";

/** A server and the commands that bring it. */
interface Recipe {
  /** What it is called. */
  readonly name: string;
  /** Where it is, once it is installed. */
  readonly find: () => string | undefined;
  /** The programs that the commands need. */
  readonly needs: readonly string[];
  /** The commands, in order. */
  readonly commands: readonly (readonly string[])[];
  /** Files to write beforehand, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

const BOUND_MS = 600_000;
const VENV = `${SERVERS_DIRECTORY}/venv`;

/** Stands for packages that are never loaded. */
const UNUSED = "npm:ms@2.1.3";

const JAVA = `${SERVERS_DIRECTORY}/java`;
const LIMITS = "-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/** A project of Maven that has one dependency and nothing of its own. */
const project = (group: string, artifact: string, version: string) =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lade</groupId><artifactId>servers</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`;

const RECIPES: readonly Recipe[] = [
  {
    name: "versitygw",
    find: () => findProgram("versitygw"),
    needs: ["go"],
    commands: [["go", "install", "github.com/versity/versitygw/cmd/versitygw@v1.8.0"]],
  },
  {
    name: "moto",
    find: () => findProgram("moto_server"),
    needs: ["python3"],
    commands: [
      ["python3", "-m", "venv", VENV],
      [`${VENV}/bin/pip`, "install", "--quiet", "--disable-pip-version-check", "moto[server,s3]==5.2.*"],
    ],
  },
  {
    name: "gofakes3",
    find: () => findProgram("gofakes3"),
    needs: ["go"],
    commands: [["go", "install", "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0"]],
  },
  {
    name: "fake-gcs-server",
    find: () => findProgram("fake-gcs-server"),
    needs: ["go"],
    commands: [["go", "install", "github.com/fsouza/fake-gcs-server@v1.56.1"]],
  },
  {
    name: "S3Proxy",
    find: () => findProgram("s3proxy"),
    needs: ["java", "mvn"],
    files: {
      [`${JAVA}/s3proxy/pom.xml`]: project("org.gaul", "s3proxy", "3.0.0"),
      [`${JAVA}/s3proxy/run`]: `#!/bin/sh
logging=$1; shift
java=$(dirname "$(readlink -f "$0")")/../java
exec java ${LIMITS} -Dlogback.configurationFile="$logging" -cp "$java/s3proxy/lib/*" org.gaul.s3proxy.Main "$@"
`,
    },
    commands: [
      [
        ...["mvn", "-q", "-B", "-f", `${JAVA}/s3proxy/pom.xml`, "dependency:copy-dependencies"],
        ...["-DincludeScope=runtime", `-DoutputDirectory=${JAVA}/s3proxy/lib`],
      ],
      ["install", "-m", "755", `${JAVA}/s3proxy/run`, `${SERVERS_DIRECTORY}/bin/s3proxy`],
    ],
  },
  {
    name: "S3Mock",
    find: () => findProgram("s3mock"),
    needs: ["java", "mvn"],
    files: {
      [`${JAVA}/s3mock/run`]: `#!/bin/sh
java=$(dirname "$(readlink -f "$0")")/../java
exec java ${LIMITS} -jar "$java/s3mock/s3mock-4.11.0-exec.jar" "$@"
`,
    },
    commands: [
      [
        ...["mvn", "-q", "-B", "dependency:copy", "-Dartifact=com.adobe.testing:s3mock:4.11.0:jar:exec"],
        `-DoutputDirectory=${JAVA}/s3mock`,
      ],
      ["install", "-m", "755", `${JAVA}/s3mock/run`, `${SERVERS_DIRECTORY}/bin/s3mock`],
    ],
  },
  {
    name: "Azurite",
    find: () => hasAzurite() ? AZURITE_DIRECTORY : undefined,
    needs: [],
    files: {
      // A workspace of its own, so that what it depends on is no concern of this repository's.
      [`${AZURITE_DIRECTORY}/deno.json`]: JSON.stringify({
        workspace: [],
        nodeModulesDir: "auto",
        lock: false,
      }),
      [`${AZURITE_DIRECTORY}/package.json`]: JSON.stringify({
        private: true,
        dependencies: { azurite: AZURITE.replace("azurite@", "") },
        // Telemetry and databases, which nobody asks for here, are most of the download.
        overrides: { applicationinsights: UNUSED, tedious: UNUSED, mysql2: UNUSED },
      }),
    },
    commands: [[Deno.execPath(), "install", "--quiet", "--config", `${AZURITE_DIRECTORY}/deno.json`]],
  },
  {
    name: "Node",
    find: findNode,
    needs: ["npm"],
    commands: [["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", NODE_DIRECTORY, NODE]],
  },
  {
    name: "the formats of Python",
    find: findFormatsPython,
    needs: ["python3"],
    commands: [
      ["python3", "-m", "venv", FORMATS_VENV],
      [`${FORMATS_VENV}/bin/pip`, "install", "--quiet", "--disable-pip-version-check", ...FORMATS_LIBRARIES],
    ],
  },
];

/** Installs one server and gives the line to print. */
async function install({ name, find, needs, commands, files = {} }: Recipe): Promise<string> {
  const found = find();
  if (found !== undefined) return `${name}: ${found}`;
  const missing = needs.find((need) => findProgram(need) === undefined);
  if (missing !== undefined) return `skipped: ${name} is not installed, for ${missing} is not there`;
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  for (const command of commands) {
    const failure = await run(command);
    if (failure !== undefined) {
      return `skipped: ${name} cannot be installed: ${command.join(" ")}: ${failure}`;
    }
  }
  const installed = find();
  return installed === undefined
    ? `skipped: ${name} cannot be installed: no program came of it`
    : `${name}: ${installed}`;
}

/** Runs a command and gives the last line of what it said where it failed. */
async function run([command, ...args]: readonly string[]): Promise<string | undefined> {
  if (command === undefined) return undefined;
  const signal = AbortSignal.timeout(BOUND_MS);
  const env = { GOBIN: `${SERVERS_DIRECTORY}/bin` };
  const { success, stderr } = await new Deno.Command(command, { args, env, signal, stdout: "null" }).output();
  if (success) return undefined;
  if (signal.aborted) return `not done within ${BOUND_MS / 60_000} minutes`;
  return new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "no reason given";
}

await Deno.mkdir(`${SERVERS_DIRECTORY}/bin`, { recursive: true });
await Promise.all(RECIPES.map(async (recipe) => console.log(await install(recipe))));
