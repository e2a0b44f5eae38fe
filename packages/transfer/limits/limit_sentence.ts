import { formatSize } from "@lade/core/text";
import type { LimitFinding, LimitKind } from "./judge_limit.ts";
import type { LimitWindow } from "./limit_window.ts";

/** What limits, in words that follow "limited by". */
export const LIMIT_NAMES: Readonly<Record<LimitKind, string>> = {
  disk: "the disk",
  connection: "one connection",
  network: "the network",
  service: "the service",
  cores: "this process's cores",
  objects: "the number of objects",
  concurrency: "the concurrency given",
  bandwidth: "the bandwidth given",
  memory: "the memory given",
  none: "nothing",
};

/** Says what was found in one sentence without a period: the figure, and what one can do. */
export function sentenceOf(finding: LimitFinding, window: LimitWindow): string {
  return `${LIMIT_NAMES[finding.by]} limited it: ${becauseOf(finding, window)}`;
}

function becauseOf(finding: LimitFinding, window: LimitWindow): string {
  const { bytes, cores, elapsedMs, figures, heldBack, memoryBytes, objects } = window;
  const rate = `${formatSize(elapsedMs > 0 ? bytes / elapsedMs * 1_000 : 0)}/s`;
  switch (finding.by) {
    case "disk":
      return `of all waiting, ${percent(finding.share)} was for ${
        finding.what === "reading" ? "the source's to give" : "the destination's to take"
      } bytes (${rate}); a faster disk helps`;
    case "connection":
      return `bytes went over one at a time (${rate}); an object that has an etag and is larger than 8 MiB goes over several`;
    case "network":
      return `up to ${finding.most} requests in flight brought ${rate}, ` +
        (finding.isFlat ? "and more brought no more; " : "and their bytes were waited for most; ") +
        "a machine nearer to the service, or with a faster link, helps";
    case "service":
      return finding.what === "throttled"
        ? `it asked for fewer requests ${times(figures.throttled)} of ${figures.requests}; ` +
          "it takes more at another time, or by an agreement with who runs it"
        : `it took ${
          milliseconds(finding.answerMs)
        } until an answer began, on average, longer than the bytes did; ` +
          "one that is nearer or less busy helps";
    case "cores":
      return finding.what === "all"
        ? `all ${cores} were busy ${percent(finding.busy)} of the time (${rate}); a machine with more helps`
        : finding.what === "lanes"
        ? `each of ${figures.lanes} lanes was busy ${percent(finding.busy)} of the time (${rate}); ` +
          "more of them (LADE_LANES), or several processes, each with its --shard, help"
        : `one of ${cores} was busy ${percent(finding.busy)} of the time (${rate}); ` +
          "several processes, each with its --shard, use more";
    case "objects":
      return `${objects} of ${formatSize(bytes / objects)} on average, ` +
        `${milliseconds(finding.answerMs)} each until it was answered, ${
          finding.inFlight.toFixed(1)
        } at a time; ` +
        "more at a time (--jobs), or fewer and larger ones, help";
    case "concurrency":
      return finding.what === "objects"
        ? `no more than ${finding.most} at a time (--jobs), and nothing else was at its bound; more help`
        : `${finding.most} requests in flight is the most there may be, and each brought more so far; ` +
          "several processes, each with its --shard, have more";
    case "bandwidth":
      return `bytes were held back ${
        percent(heldBack)
      } of the time (${rate}); a higher --bwlimit lets more go`;
    case "memory":
      return `${formatSize(memoryBytes)} for buffers were full when more could be asked for; ` +
        "more memory (maxBufferedBytes) helps";
    case "none":
      return NONE[finding.what];
  }
}

const NONE = {
  short: "it was over too soon to say",
  idle: "nothing was waited for long",
  growing: "it was over while more requests in flight still brought more",
};

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
