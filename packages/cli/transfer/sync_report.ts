import type { SyncListener } from "@lade/transfer/sync";
import type { CommandContext } from "../command/command_context.ts";
import { OperationMessage } from "../messages/transfer_messages.ts";
import type { TransferProgress } from "../progress/transfer_progress.ts";
import { TransferReport } from "./transfer_report.ts";

/** Prints what becomes of each object of a synchronization, as the command would be called that does it alone. */
export class SyncReport extends TransferReport implements SyncListener {
  readonly #context: CommandContext;
  readonly #dryRun: boolean;

  /** Prints through `context` and reports each job to `progress`. */
  constructor(context: CommandContext, progress: TransferProgress, dryRun: boolean) {
    super(context, progress, dryRun, "cp");
    this.#context = context;
    this.#dryRun = dryRun;
  }

  /** Called when an object of the destination is deleted, or would be. */
  async deleted(destination: string): Promise<void> {
    this.stats.deleted++;
    await this.#context.output.done(
      new OperationMessage({ operation: "rm", destination, dryRun: this.#dryRun }),
    );
  }

  /** Called when an object of the destination is kept in the backup, or would be. */
  async backedUp(source: string, destination: string, how: "copied" | "moved"): Promise<void> {
    const operation = how === "moved" ? "mv" : "cp";
    await this.#context.output.done(
      new OperationMessage({ operation, source, destination, dryRun: this.#dryRun }),
    );
  }
}
