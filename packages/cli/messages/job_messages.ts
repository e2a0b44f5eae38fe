import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { ResumableTransfer } from "@lade/transfer";
import type { TransferJob } from "@lade/transfer/jobs";
import { formatTime } from "../output/format_time.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** A transfer that has a journal, in one line. */
export class JobMessage implements Message {
  readonly #job: TransferJob;

  /** Shows `job`. */
  constructor(job: TransferJob) {
    this.#job = job;
  }

  /** The name of the journal, its state, when it was begun, what is done, and the command. */
  toText(style: Style): string {
    const { id, begun, fault } = this.#job;
    const time = begun === undefined ? "-".padEnd(19) : formatTime(new Date(begun));
    const state = stateOf(this.#job).padEnd(11);
    const what = fault === undefined ? `${doneText(this.#job)}  ${commandText(this.#job)}` : fault;
    return `${printable(id)}  ${fault === undefined ? state : style.alarm(state)}  ${time}  ${
      printable(what)
    }`;
  }

  /** All that is known of it. */
  toJson(): Json {
    return jobJson(this.#job);
  }
}

/** A transfer that has a journal, in full. */
export class JobDetailsMessage implements Message {
  readonly #job: TransferJob;

  /** Shows `job`. */
  constructor(job: TransferJob) {
    this.#job = job;
  }

  /** One fact in each line. */
  toText(): string {
    const job = this.#job;
    const rows: (readonly [string, string | undefined])[] = [
      ["journal", job.id],
      ["state", job.owner ? `${stateOf(job)}: process ${job.owner.pid}` : stateOf(job)],
      ["fault", job.fault],
      ["begun", job.begun === undefined ? undefined : formatTime(new Date(job.begun))],
      ["command", job.commandLine && commandText(job)],
      ["directory", job.directory],
      ...(job.sources ?? []).map((source) => ["source", source] as const),
      ["destination", job.destination],
      ["done", doneText(job)],
      ...job.halfDone.map(({ from, to, size }) =>
        ["half done", `${from} to ${to}, ${formatSize(size)}`] as const
      ),
    ];
    return rows.flatMap(([name, text]) => text === undefined ? [] : [`${name.padEnd(12)} ${printable(text)}`])
      .join("\n");
  }

  /** The same. */
  toJson(): Json {
    return jobJson(this.#job);
  }
}

/** What an unfinished transfer leaves, and by what it is gone on with: the same command, and maybe a shorter one. */
export class ResumableMessage implements Message {
  readonly #left: ResumableTransfer;
  readonly #command: string | undefined;

  /** Says that the same command, and `command` where there is one, go on with what is `left`. */
  constructor(left: ResumableTransfer, command: string | undefined) {
    this.#left = left;
    this.#command = command;
  }

  /** What is done, and the command. */
  toText(): string {
    const { finished, halfDone } = this.#left;
    const what = [`${finished} done`, ...(halfDone > 0 ? [`${halfDone} half done`] : [])].join(" and ");
    const short = this.#command === undefined ? "" : `, and so does "${this.#command}"`;
    return printable(`lade: the same command goes on from here (${what})${short}`);
  }

  /** The same. */
  toJson(): Json {
    const { id, place, finished, halfDone } = this.#left;
    return { type: "resumable", id, journal: place, finished, halfDone, command: this.#command };
  }
}

function stateOf({ owner, fault, failed }: TransferJob): string {
  if (fault !== undefined) return "damaged";
  return owner ? "running" : failed !== undefined ? "failed" : "interrupted";
}

function doneText({ finished, bytes, halfDone, failed }: TransferJob): string {
  const half = halfDone.length > 0 ? `, ${halfDone.length} half done` : "";
  return `${finished} done (${formatSize(bytes)})${half}${failed === undefined ? "" : `, ${failed} failed`}`;
}

function commandText(job: TransferJob): string {
  const { commandLine, operation, sources = [], destination = "", owner } = job;
  // What runs is told before the journal is.
  if (operation === undefined) return redactSecrets(owner?.command ?? "");
  return redactSecrets(
    ["lade", ...commandLine ?? [operation, ...sources, destination]].map(quoted).join(" "),
  );
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function jobJson(job: TransferJob): Json {
  const {
    id,
    begun,
    operation,
    sources,
    destination,
    commandLine,
    directory,
    owner,
    finished,
    bytes,
    halfDone,
    failed,
    fault,
  } = job;
  return {
    type: "job",
    ...{ id, state: stateOf(job), begun, operation, sources, destination, commandLine, directory },
    process: owner?.pid,
    ...{ finished, bytes, halfDone: halfDone.map((each) => ({ ...each })), failed, fault },
  };
}
