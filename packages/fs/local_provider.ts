import {
  AlreadyExistsError,
  basePath,
  type CallName,
  type Check,
  type DiagnoseOptions,
  isRoot,
  type Location,
  NotEmptyError,
  NotFoundError,
  type ObjectStore,
  type Provider,
  type ProviderOptions,
  type StoreContext,
  systemClock,
  UnsupportedError,
  uriPathOf,
} from "@lade/core/backend";
import { checkSettings, describeSettings, type SettingTable, type ShownSetting } from "@lade/core/settings";
import { system } from "@lade/core/system";
import { errorCode, fileError } from "./files/file_error.ts";
import { IoGate } from "./files/io_gate.ts";
import type { LocalStore } from "./store/local_store.ts";
import { completeConfig, DIRECT_SETTINGS, FILE_SETTINGS, type LocalConfig } from "./names/local_config.ts";
import { formatPathUri, parsePathUri, rootPath } from "./names/path_uri.ts";
import type { DirectStoreOptions } from "./store/open_direct_store.ts";
import { openFileStore } from "./store/open_file_store.ts";
import { removeEmptyTree } from "./tree/empty_directories.ts";
import { FileCalls } from "./tree/file_calls.ts";
import { directoryOf } from "./tree/tree.ts";

/** What the providers of both schemes differ in. */
interface LocalProviderSetup {
  readonly scheme: string;
  readonly settings: SettingTable;
  readonly open: (root: string, options: DirectStoreOptions) => Promise<LocalStore>;
}

/** Serves directories: a container is a directory, by its absolute path. */
class LocalProvider implements Provider {
  readonly schemes: readonly string[];
  readonly settingTable: SettingTable;
  readonly #setup: LocalProviderSetup;
  readonly #shown = new WeakMap<ObjectStore, readonly ShownSetting[]>();

  constructor(setup: LocalProviderSetup) {
    this.#setup = setup;
    this.schemes = [setup.scheme];
    this.settingTable = setup.settings;
  }

  parse(uri: string): Location {
    return parsePathUri(this.#setup.scheme, uri);
  }

  format(location: Location): string {
    return formatPathUri(this.#setup.scheme, location);
  }

  async open(container: string, options: ProviderOptions = {}): Promise<ObjectStore> {
    const { path, config } = this.#prepare("open", container, options);
    const store = await this.#openWith(path, config, options.context);
    const { scheme, settings } = this.#setup;
    const given = checkSettings(settings, options.config ?? {}, `Cannot configure ${scheme}`);
    this.#shown.set(store, describeSettings(settings, given));
    return store;
  }

  async createContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    const { path, subject } = this.#prepare("create", container, options);
    try {
      if (!isRoot(path)) await system.mkdir(directoryOf(path), { recursive: true });
      await system.mkdir(path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw fileError(error, subject, options.signal);
      throw new AlreadyExistsError({ ...subject, detail: "the name is taken", cause: error });
    }
  }

  async deleteContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    const { path, subject } = this.#prepare("delete", container, options);
    const calls = new FileCalls(new IoGate(options.context?.clock ?? systemClock));
    try {
      const present = await calls.present(calls.lstat(path));
      if (present?.kind !== "directory") throw new NotFoundError({ ...subject, detail: "no such directory" });
      if (!await removeEmptyTree(path, calls)) {
        throw new NotEmptyError({ ...subject, detail: "the directory holds files" });
      }
    } catch (error) {
      throw fileError(error, subject, options.signal);
    }
  }

  // deno-lint-ignore require-yield
  async *listContainers(options: ProviderOptions = {}): AsyncGenerator<string, void, void> {
    options.signal?.throwIfAborted();
    throw new UnsupportedError({
      operation: "list",
      uri: `${this.#setup.scheme}:///`,
      detail: "every directory is a container",
      advice: "list one with a slash at its end",
    });
  }

  async settings(store: ObjectStore): Promise<readonly ShownSetting[]> {
    return this.#shown.get(store) ?? [];
  }

  async *diagnose({ container, key }: Location, options: DiagnoseOptions = {}): AsyncGenerator<Check> {
    const root = `${basePath(container)}/${key}`;
    const { config, path } = this.#prepare("diagnose", root, options);
    const { diagnose } = await import("./doctor/diagnose.ts");
    const { context, signal, write } = options;
    const open = (config: LocalConfig, context: StoreContext) => this.#openWith(path, config, context);
    yield* diagnose({ config, context, signal, write, open });
  }

  async #openWith(path: string, config: LocalConfig, context?: StoreContext): Promise<LocalStore> {
    const given = Object.fromEntries(
      this.#setup.settings.map(({ name }) => [name, config[name as keyof LocalConfig]]),
    );
    return await this.#setup.open(path, { ...given, ...(context && { context }) });
  }

  /** Checks what every call on a container is given. */
  #prepare(operation: string, container: string, { signal, config = {} }: ProviderOptions): Prepared {
    signal?.throwIfAborted();
    const path = rootPath(this.#setup.scheme, operation, container);
    const uri = `${this.#setup.scheme}://${uriPathOf(path)}`;
    return {
      path,
      subject: { operation, uri },
      config: completeConfig(uri, config, this.#setup.settings),
    };
  }
}

interface Prepared {
  readonly path: string;
  readonly subject: CallName;
  readonly config: LocalConfig;
}

/** Serves `file://`: files through the page cache. */
export const fileProvider: Provider = new LocalProvider({
  scheme: "file",
  settings: FILE_SETTINGS,
  open: openFileStore,
});

/** Serves `direct://`: files past the page cache, by O_DIRECT. */
export const directProvider: Provider = new LocalProvider({
  scheme: "direct",
  settings: DIRECT_SETTINGS,
  open: async (root, options) =>
    await (await import("./store/open_direct_store.ts")).openDirectStore(root, options),
});
