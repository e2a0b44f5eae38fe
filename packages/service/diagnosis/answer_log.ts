import type { Clock } from "@lade/core/backend";
import type { TransportObserver } from "../http/transport_observer.ts";

/** What an answer shows besides what it was asked for. */
export interface Answer {
  /** This machine's clock less the service's, in whole seconds; absent where the answer had no date. */
  readonly skewMs: number | undefined;
  /** How long the connection took to open; 0 for one that was open. */
  readonly connectMs: number;
  /** From the request's being sent to the answer's first byte. */
  readonly waitMs: number;
  /** Whether the connection was open already. */
  readonly reused: boolean;
  /** Address and port of the other side, where known. */
  readonly remoteAddress: string | undefined;
}

/** Watches a transport and keeps what each answer shows of the service. */
export class AnswerLog {
  /** Every answer, the last one last. */
  readonly answers: Answer[] = [];
  /** To be given to the transport. */
  readonly observer: TransportObserver;

  /** Compares the service's clock with this one. */
  constructor(clock: Clock) {
    this.observer = {
      responded: (_, { connection, headers, timings }) => {
        const date = Date.parse(headers.get("date") ?? "");
        this.answers.push({
          skewMs: Number.isNaN(date) ? undefined : clock.now() - date,
          connectMs: timings.connectedMs - timings.attemptMs,
          waitMs: timings.firstByteMs - timings.connectedMs,
          reused: connection.reused ?? false,
          remoteAddress: connection.remoteAddress,
        });
      },
    };
  }
}
