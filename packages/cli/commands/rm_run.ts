import { InvalidNameError, NotFoundError } from "@lade/core/errors";
import { deletePrefix } from "@lade/core/operations";
import type { Lade } from "@lade/lade";
import { OperationMessage } from "../messages/operation_message.ts";
import { SummaryMessage } from "../messages/summary_message.ts";
import { explainMissing } from "../places/explain_missing.ts";
import { lookAtObject, lookWhole, type Named } from "../places/look.ts";
import { removeEmptyDirectories } from "../places/remove_empty_directories.ts";
import { canBeObject, isPrefix, localPathOf, locate, type Place } from "../places/place.ts";
import { refuseMissing } from "../places/refuse_missing.ts";
import { refusePrefix } from "../places/refuse_prefix.ts";
import { tellUnseen } from "../places/tell_unseen.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { RmOptions } from "./rm.ts";

/** Removes each place. */
export const runRm: RunCommand<RmOptions> = async (context, options) => {
  const removal = new Removal(context, options);
  const { clock } = (await context.lade()).context;
  const startMs = clock.monotonicMs();
  for (const argument of options.uris) {
    try {
      await removal.remove(argument);
    } catch (error) {
      await removal.fail(error);
    }
  }
  if (options.recursive || options.uris.length > 1 || context.settings.verbosity > 0) {
    await removal.summarize(clock.monotonicMs() - startMs);
  }
};

class Removal {
  readonly #context: CommandContext;
  readonly #options: RmOptions;
  #objects = 0;
  #failed = 0;

  constructor(context: CommandContext, options: RmOptions) {
    this.#context = context;
    this.#options = options;
  }

  async remove(argument: string): Promise<void> {
    const lade = await this.#context.lade();
    const place = await locate(lade, argument);
    if (!this.#options.recursive) return await this.#removeObject(place);
    const { object, prefix } = await this.#look(lade, place);
    if (object && prefix) {
      throw invalid(place, "it is an object and also a prefix, add a slash for the prefix or leave out -r");
    }
    if (object) await this.#removeObject(place);
    if (prefix) await this.#removePrefix(prefix);
  }

  async fail(error: unknown): Promise<void> {
    await this.#context.fail(error);
    this.#failed++;
  }

  async summarize(elapsedMs: number): Promise<void> {
    const { name: operation, output } = this.#context;
    const { dryRun } = this.#options;
    const counts = { objects: this.#objects, failed: this.#failed, skipped: 0 };
    await output.note(new SummaryMessage({ operation, ...counts, elapsedMs, dryRun }));
  }

  async #look(lade: Lade, place: Place): Promise<Named> {
    try {
      return await lookWhole(lade, place, "remove", this.#context.signal);
    } catch (error) {
      if (this.#options.force && error instanceof NotFoundError) return {};
      throw error;
    }
  }

  async #removeObject(place: Place): Promise<void> {
    if (!canBeObject(place)) await refusePrefix(place, "remove", "add -r to remove everything under it");
    const { signal } = this.#context;
    const { store, key } = place;
    if (!this.#options.force || isPrefix(place)) {
      const { unseen } = await lookAtObject(place, "remove", signal).catch(async (error) => {
        const advice = "add -r to remove everything under it";
        const lade = await this.#context.lade();
        throw await explainMissing(error, { lade, place, operation: "remove", advice, signal });
      });
      if (unseen) await tellUnseen(this.#context, place, unseen);
    }
    if (!this.#options.dryRun) await store.delete(key, { signal });
    await this.#removed(place.uri);
  }

  async #removePrefix(prefix: Place): Promise<void> {
    const { store, key, uriOf } = prefix;
    const { signal } = this.#context;
    if (localPathOf(prefix.uri) === "/") throw invalid(prefix, "the root directory is not removed");
    let isEmpty = true;
    const end = async () => {
      if (isEmpty && !this.#options.force) await refuseMissing(prefix, "remove");
    };
    if (this.#options.dryRun) {
      for await (const object of store.list(key, { signal })) {
        isEmpty = false;
        await this.#removed(uriOf(object.key));
      }
      return await end();
    }
    for await (const { key: removed, error } of deletePrefix(store, key, { signal })) {
      isEmpty = false;
      if (error) await this.fail(error);
      else await this.#removed(uriOf(removed));
    }
    await end();
    await removeEmptyDirectories(await this.#context.lade(), prefix, signal);
  }

  async #removed(uri: string): Promise<void> {
    this.#objects++;
    const { name: operation, output } = this.#context;
    await output.done(new OperationMessage({ operation, destination: uri, dryRun: this.#options.dryRun }));
  }
}

function invalid(place: Place, detail: string): InvalidNameError {
  return new InvalidNameError({ operation: "remove", uri: place.uri, detail });
}
