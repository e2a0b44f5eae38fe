import { checkpointMessages } from "./checkpoint_messages.ts";
import { loaderMessages } from "./loader_messages.ts";
import { measuringLines, OPLOG, oplogLines, oplogMessages, putOplog } from "./oplog_messages.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Check, sumFigures } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { CheckMessage, DiagnosisMessage } from "../../packages/cli/messages/diagnosis_messages.ts";
import {
  ContainerMessage,
  FoundMessage,
  ObjectMessage,
  PrefixMessage,
  PresignedMessage,
  StatMessage,
  UsageMessage,
  VersionMessage,
} from "../../packages/cli/messages/listing_messages.ts";
import { hostileFormatMessages } from "./hostile_format_messages.ts";
import { TreeMessage, TreeSumMessage } from "../../packages/cli/messages/tree_messages.ts";
import { ConversionMessage } from "../../packages/cli/messages/conversion_message.ts";
import type { ShardedTransfer, ShardStatus } from "@lade/transfer/jobs";
import {
  ShardedTransferMessage,
  ShardStatusMessage,
} from "../../packages/cli/messages/shard_status_messages.ts";
import { ShardMessage } from "../../packages/cli/messages/shard_message.ts";
import {
  DroppedMessage,
  OperationMessage,
  SkipMessage,
  SummaryMessage,
  VerificationMessage,
} from "../../packages/cli/messages/transfer_messages.ts";
import { JobDetailsMessage, JobMessage, ResumableMessage } from "../../packages/cli/messages/job_messages.ts";
import { SweptMessage } from "../../packages/cli/messages/swept_message.ts";
import { LimitMessage } from "../../packages/cli/messages/limit_message.ts";
import { LineMessage, RunSummaryMessage } from "../../packages/cli/messages/run_messages.ts";
import { NoteMessage, SettingsMessage, TextMessage } from "../../packages/cli/messages/text_messages.ts";
import { ErrorMessage } from "../../packages/cli/messages/error_message.ts";
import type { Message } from "../../packages/cli/output/message.ts";
import { Output } from "../../packages/cli/output/output.ts";
import { formatProgressBar } from "../../packages/cli/progress/format_progress_bar.ts";
import { UsageError } from "../../packages/cli/command/usage_error.ts";
import { COMMAND_NAMES } from "../../packages/cli/program/commands.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { CliHere } from "./run_here.ts";
import {
  CheckCounts,
  ComparedMessage,
  ComparisonMessage,
} from "../../packages/cli/messages/check_messages.ts";
import { HashMessage, SumMessage } from "../../packages/cli/messages/hash_messages.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Clears the screen, turns the text round, hides, sets the title, forges a line and floods the one above. */
const HOSTILE = "a\x1b[2J\u202eb\u2066\u200b\u{e0041}\x9b8m\x1b]0;t\x07\r\nlade: all is well\ud800\u2028z" +
  "\u0301".repeat(20);

/** As the names of files can have it: without lone surrogates. */
const HOSTILE_NAME = HOSTILE.replace("\ud800", "");

const DECEPTIVE =
  // deno-lint-ignore no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800\u{e0041}]|\u0301{5}/u;

function assertHarmless(text: string, what: string): void {
  const found = DECEPTIVE.exec(text);
  assert(!found, `${what} prints ${JSON.stringify(found?.[0])} in ${JSON.stringify(text)}`);
  assert(
    !/^\s*(?:lade: )*all is well/m.test(text),
    `${what} prints a forged line in ${JSON.stringify(text)}`,
  );
}

const meta = { key: HOSTILE, size: 1, lastModified: new Date(0), etag: HOSTILE, version: HOSTILE };
const check: Check = { name: HOSTILE, outcome: "failed", detail: HOSTILE, advice: HOSTILE };
const stated = {
  ...meta,
  contentType: HOSTILE,
  contentEncoding: HOSTILE,
  cacheControl: HOSTILE,
  storageClass: HOSTILE,
  checksums: { crc32c: HOSTILE },
  metadata: { [HOSTILE]: HOSTILE },
};
const error = new NotFoundError({
  operation: "get",
  uri: HOSTILE,
  detail: HOSTILE,
  cause: new Error(HOSTILE),
});
const HOSTILE_JOB = {
  ...{ id: HOSTILE, operation: HOSTILE, sources: [HOSTILE], destination: HOSTILE, directory: HOSTILE },
  ...{ commandLine: [HOSTILE], begun: "2026-01-01T00:00:00Z", finished: 1, bytes: 1 },
  owner: { pid: 1, host: HOSTILE, command: HOSTILE },
  halfDone: [{ from: HOSTILE, to: HOSTILE, size: 1 }],
};
const HOSTILE_PLACES = { operation: HOSTILE, sources: [HOSTILE], destination: HOSTILE };
const HOSTILE_SHARDS: ShardedTransfer & { readonly shards: readonly [ShardStatus] } = {
  id: HOSTILE,
  ...HOSTILE_PLACES,
  shards: [{
    number: 1,
    state: "running",
    ageMs: 1,
    report: {
      ...{
        lade: 1,
        transfer: HOSTILE,
        number: 1,
        count: 1,
        ...HOSTILE_PLACES,
        run: HOSTILE,
        state: "running",
      },
      ...{
        objects: 1,
        bytes: 1,
        failed: 0,
        skipped: 0,
        begun: HOSTILE,
        told: HOSTILE,
        pid: 1,
        host: HOSTILE,
      },
    },
  }],
};
const HOSTILE_ADDRESS = {
  ...{ endpoint: HOSTILE, address: HOSTILE, connections: 1, requests: 1, failed: 1, bytes: 1 },
  ...{ firstByteMs: 1, avoided: true },
};
const HOSTILE_FIGURES = {
  ...{ ...sumFigures([]), requests: 2, addresses: [HOSTILE_ADDRESS, HOSTILE_ADDRESS] },
  ...{ elapsedMs: 1, cpuMs: 1, heldBackMs: 1, memoryShortages: 0 },
};
const MESSAGES: Readonly<Record<string, Message>> = {
  ...loaderMessages(HOSTILE),
  ...await oplogMessages(HOSTILE),
  ...checkpointMessages(HOSTILE),
  check: new CheckMessage({ ...check, error }, { columns: 80, verbosity: 1 }),
  compared: new ComparedMessage(new CheckCounts(), 1),
  comparison: new ComparisonMessage({ sign: "!", name: HOSTILE, source: HOSTILE, detail: HOSTILE, error }),
  container: new ContainerMessage(HOSTILE),
  conversion: new ConversionMessage(HOSTILE, { action: "compressed", bytesIn: 2, bytesOut: 1 }),
  diagnosis: new DiagnosisMessage({ uri: HOSTILE, ok: 0, warning: 0, failed: 1, skipped: 0 }),
  dropped: new DroppedMessage({
    operation: "cp",
    name: "tags",
    reason: HOSTILE,
    objects: 2,
    example: HOSTILE,
  }),
  error: new ErrorMessage(new Error(HOSTILE, { cause: HOSTILE }), 2),
  "store error": new ErrorMessage(error, 2),
  job: new JobMessage(HOSTILE_JOB),
  jobdetails: new JobDetailsMessage(HOSTILE_JOB),
  limit: new LimitMessage({ by: "disk", name: HOSTILE, sentence: HOSTILE, figures: HOSTILE_FIGURES }),
  line: new LineMessage(new NoteMessage(HOSTILE), { file: HOSTILE, line: 1 }, true),
  hash: new HashMessage({
    name: HOSTILE,
    uri: HOSTILE,
    algorithm: "md5",
    digits: "0",
    line: HOSTILE,
    isStored: false,
  }),
  note: new NoteMessage(HOSTILE),
  object: new ObjectMessage(HOSTILE, HOSTILE, meta, false),
  operation: new OperationMessage({ operation: "cp", source: HOSTILE, destination: HOSTILE, dryRun: true }),
  prefix: new PrefixMessage(HOSTILE, HOSTILE),
  presigned: new PresignedMessage({ uri: HOSTILE, method: "GET", url: HOSTILE, expires: new Date(0) }),
  resumable: new ResumableMessage({ ...HOSTILE_JOB, place: HOSTILE, halfDone: 1, hasCommand: true }, HOSTILE),
  runsummary: new RunSummaryMessage({ done: 1, failed: 1, skipped: 1, elapsedMs: 1 }),
  settings: new SettingsMessage({
    uri: HOSTILE,
    settings: [{ name: HOSTILE, value: HOSTILE, source: HOSTILE }],
  }),
  shardedtransfer: new ShardedTransferMessage(HOSTILE_SHARDS),
  shardstatus: new ShardStatusMessage(HOSTILE_SHARDS, HOSTILE_SHARDS.shards[0]),
  shard: new ShardMessage("cp", { number: 1, count: 2, source: HOSTILE }),
  skip: new SkipMessage(HOSTILE, HOSTILE),
  stat: new StatMessage(HOSTILE, stated),
  sum: new SumMessage(HOSTILE, "OK"),
  summary: new SummaryMessage({
    operation: "cp",
    objects: 1,
    failed: 0,
    skipped: 0,
    elapsedMs: 1,
    dryRun: false,
  }),
  swept: new SweptMessage({ kind: "upload", uri: HOSTILE, time: new Date(0), id: HOSTILE, size: 1 }, true),
  text: new TextMessage(HOSTILE.replace("\n", "")),
  found: new FoundMessage(HOSTILE, HOSTILE, { key: HOSTILE, size: 1, lastModified: new Date(0) }),
  tree: new TreeMessage({ uri: HOSTILE, name: HOSTILE, depth: 1, size: 1 }, false),
  treesum: new TreeSumMessage({ uri: HOSTILE, directories: 1, objects: 1, size: 1 }, true),
  usage: new UsageMessage({ uri: HOSTILE, size: 1, objects: 1 }, false),
  version: new VersionMessage(
    HOSTILE,
    HOSTILE,
    { ...meta, isLatest: true, isDeleteMarker: false },
    false,
  ),
  ...hostileFormatMessages(HOSTILE),
  verification: new VerificationMessage({
    action: "read",
    uri: HOSTILE,
    checksum: { name: HOSTILE, value: HOSTILE },
  }),
};

Deno.test("every kind of message is among those that are tried with hostile text", async () => {
  const names: string[] = [];
  const folder = new URL("../../packages/cli/messages/", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(new URL(name, folder));
    for (const [, kind = ""] of source.matchAll(/^export class (\w+)Message /gm)) {
      names.push(kind.toLowerCase());
    }
  }
  const tried = Object.keys(MESSAGES).filter((kind) => kind !== "store error");
  assertEquals(names.sort(), tried.sort());
});

for (const [kind, message] of Object.entries(MESSAGES)) {
  Deno.test(`Output prints nothing deceptive of a message of kind ${kind}, and exact JSON`, async () => {
    for (const json of [false, true]) {
      const terminal = new FakeTerminal({ tty: true });
      const signal = new AbortController().signal;
      const output = new Output({ terminal, json, quiet: false, signal, onClosed: () => {} });
      await output.result(message);
      await output.note(message);
      await output.fail(message);
      await output.close();
      for (const { text } of [terminal.stdout, terminal.stderr]) {
        assertHarmless(text, kind);
        if (!json) continue;
        const lines = text.trimEnd().split("\n");
        for (const line of lines) {
          assertEquals(JSON.parse(line), JSON.parse(JSON.stringify(message.toJson())));
        }
      }
    }
  });
}

Deno.test("Output shows nothing deceptive in its status line", async () => {
  const terminal = new FakeTerminal({ tty: true });
  const output = new Output({
    terminal,
    json: false,
    quiet: false,
    signal: new AbortController().signal,
    onClosed: () => {},
  });
  output.status(
    formatProgressBar({ bytes: 1, objects: 0, bytesPerSecond: 1, elapsedMs: 1, current: HOSTILE }, 300),
  );
  await output.flush();
  assertStringIncludes(terminal.stderr.text, "\\u202e");
  assertHarmless(terminal.stderr.text, "the progress bar");
  output.status(HOSTILE.replace("\n", ""));
  await output.flush();
  // The line before is removed.
  assertHarmless(terminal.stderr.text.replace("\r\x1b[K", ""), "the status line");
});

Deno.test("every command prints harmless text for hostile names, there or not, as text and as JSON", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make();
  const local = `${directory.path}/${HOSTILE}`;
  const there = `memory://m/d/${HOSTILE_NAME}`;
  await cli.lade.put(there, "1", { metadata: { x: "\u202e" } });
  const away = `memory://m/away/${HOSTILE}`;
  await putOplog(cli.lade, HOSTILE_NAME);
  const lines: Readonly<Record<(typeof COMMAND_NAMES)[number], readonly (readonly string[])[]>> = {
    ls: [[there], [away], ["-r", "memory://m/"], ["memory://m/d/"]],
    stat: [[there], [away]],
    cat: [[away], [`${there}/`]],
    get: [[there, local], ["-r", "memory://m/d/", away], [away, "-"]],
    put: [[local, away], ["-r", local, there]],
    cp: [[there, `memory://m/c/${HOSTILE_NAME}`], ["-n", there, `memory://m/c/${HOSTILE_NAME}`], [
      away,
      away,
    ]],
    mv: [[`memory://m/c/${HOSTILE_NAME}`, `memory://m/e/${HOSTILE_NAME}`], [there, there], [away, there]],
    sync: [
      ["memory://m/d/", away],
      ["--delete", "--backup-dir", `memory://b/${HOSTILE_NAME}/`, "memory://m/c/", `${away}/`],
      [there, away],
      ["--max-delete", HOSTILE, away, there],
    ],
    rm: [[away], ["--dry-run", there], ["-r", "--dry-run", "memory://m/"]],
    check: [["-r", "memory://m/d/", "memory://m/c/"], ["-r", "memory://m/", away], [there, away], [
      away,
      local,
    ]],
    du: [[there], [away], ["memory://m/d/"]],
    find: [[there], [away], ["memory://m/d/"], ["--names", "memory://m/d/"], [
      "--include",
      `[${HOSTILE}`,
      there,
    ]],
    tree: [["memory://m/"], [away], ["--glob", `${away}*[`]],
    hash: [[there], [away], ["-r", "memory://m/"], ["-c", there], ["-c", away, there]],
    show: [[there], [away], ["-r", "memory://m/d/"], ["--format", "csv", there]],
    head: [[there], [away], ["--format", "csv", "--columns", HOSTILE, there], ["--schema", HOSTILE, there]],
    verify: [[there], [away], ["-r", "memory://m/d/"]],
    convert: [
      [there, `memory://m/x/${HOSTILE_NAME}`],
      [away, `memory://m/x/${HOSTILE_NAME}.csv`],
      ["--from", "csv", there, `memory://m/x/${HOSTILE_NAME}.parquet`],
      ["--schema", HOSTILE, there, "memory://m/x.csv"],
      ["--compression", HOSTILE, "--from", "csv", there, "memory://m/x.parquet"],
    ],
    index: [[there], [away], ["-r", "memory://m/d/"], ["--check", there], ["--format", "tar", there]],
    loader: [
      ["plan", "memory://m/d/"],
      ["plan", there],
      ["run", away],
      ["run", "memory://m/d/", "--rank", HOSTILE],
      ["run", "memory://m/d/", "--max-bytes", HOSTILE],
      ["plan", "memory://m/d/", "--transform", HOSTILE],
      ["plan", "memory://m/d/", "--transform", `${import.meta.filename}#${HOSTILE}`],
      ["run", "memory://m/d/", "--workers", HOSTILE],
      ["index", away],
      ["index", `memory://m/loader/${HOSTILE_NAME}/`],
    ],
    checkpoint: [["ls", away], ["show", there, "--step", HOSTILE], ["copy", away, there]],
    mb: [["--dry-run", away], [`memory://${HOSTILE}`]],
    rb: [["--dry-run", away], [`memory://${HOSTILE}`]],
    run: [[away], [local], [there], ["-"]],
    sweep: [[away], [local], [`memory://${HOSTILE}`]],
    pipe: [[`memory://m/p/${HOSTILE_NAME}`], [away + "/"], [away]],
    presign: [[there], [away]],
    doctor: [[away], [local]],
    jobs: [["list", "--journal", away], ...["show", "resume"].map((to) => [to, "--journal", away, HOSTILE])],
    oplog: [...oplogLines, ["sort", OPLOG, `memory://logs/${HOSTILE_NAME}`], ["cat", away]],
    ...measuringLines(HOSTILE),
    man: [[HOSTILE]],
  };
  for (const name of COMMAND_NAMES) {
    for (
      const args of [...lines[name], [`--${HOSTILE}`], [`--${HOSTILE}`, HOSTILE], ["--config", HOSTILE]]
    ) {
      for (const flags of [[], ["-vv"], ["--json"]]) {
        // Off a terminal lists of checksums are exact, as what cat prints is.
        const { stdout, stderr } = await cli.run([name, ...flags, ...args], { tty: name === "hash" });
        assertHarmless(stdout + stderr, `lade ${[name, ...flags].join(" ")} ${JSON.stringify(args)}`);
        if (flags[0] !== "--json") continue;
        for (const line of (stdout + stderr).split("\n").filter(Boolean)) JSON.parse(line);
      }
    }
  }
  for (const args of [[HOSTILE], ["help", HOSTILE], ["completion", HOSTILE], [`--${HOSTILE}`, "ls"]]) {
    const { stdout, stderr } = await cli.run(args);
    assertHarmless(stdout + stderr, JSON.stringify(args));
  }
  const { stdout } = await cli.run(["ls", "--json", "-r", "memory://m/d/"]);
  assertEquals(JSON.parse(stdout).uri, there);
});

Deno.test("colours of the help, of listings and of errors reach a terminal whole", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/d/x", "1");
  for (
    const args of [["help"], ["help", "cp"], ["ls", "memory://m/"], ["stat", "memory://m/d/x"], [
      "cat",
      "memory://m/y",
    ]]
  ) {
    const { stdout, stderr } = await cli.run(args, { tty: true, colors: true });
    assertStringIncludes(stdout + stderr, "\x1b[0m");
    assert(!/\\u[0-9a-f{]/.test(stdout + stderr), stdout + stderr);
    // deno-lint-ignore no-control-regex
    assertHarmless((stdout + stderr).replaceAll(/\x1b\[[0-4;]+m|\x1b\[31m/g, ""), args.join(" "));
  }
});

Deno.test("lade repeats what a service says without what deceives", async () => {
  await using cli = await S3Cli.start();
  const message = HOSTILE_NAME.replaceAll(/[^\x20-\uffff]|[\x7f-\x9f]/gu, "");
  cli.fake.faults.add({
    match: { times: Infinity },
    action: { kind: "status", status: 403, code: "Odd", message },
  });
  for (const args of [["ls", "s3://bucket"], ["cat", "s3://bucket/a"], ["doctor", "s3://bucket"]]) {
    const { code, stdout, stderr } = await cli.run([...args, "-v"]);
    assertEquals(code, 1);
    assertHarmless(stdout + stderr, args.join(" "));
  }
});

Deno.test("UsageError alone has several lines", () => {
  const style = { dim: String, alarm: String };
  assertEquals(new ErrorMessage(new UsageError("a\nb"), 0).toText(style), "lade: a\n  b");
  assertEquals(new ErrorMessage(new Error("a\nb"), 0).toText(style), "lade: a\\nb");
});
