import type { Patient } from "@lade/service/diagnosis";
import type { LocalStore } from "../store/local_store.ts";
import type { LocalConfig } from "../names/local_config.ts";

/** A directory that is examined. */
export interface LocalPatient extends Patient {
  /** The store rooted at it. */
  readonly store: LocalStore;
  /** Opens the same directory with some of the configuration changed. */
  reopen(changes: Partial<LocalConfig>): Promise<LocalStore>;
}
