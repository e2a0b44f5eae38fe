import { createHash, createHmac } from "node:crypto";
import {
  FakeServer,
  type RequestHead,
  type ServedRequest,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { BytesContent, bytesOf, type Content, SyntheticContent } from "../parts/content.ts";
import { type IssuedToken, type Principal, Tokens } from "./auth/tokens.ts";
import type { AzureRequest } from "./azure_request.ts";
import { errorResponse, requestId } from "./error_response.ts";
import { type FakeAzureOptions, PLAIN_SETTINGS } from "./fake_azure_options.ts";
import type { ServerSettings, ServerState } from "./operations/call.ts";
import { RequestHandler } from "./request_handler.ts";
import { type Account, type AccountSettings, plainAccount } from "./store/account.ts";
import { Container, type ContainerSettings } from "./store/container.ts";
import { plainAttributes, type StoredBlob } from "./store/stored_blob.ts";

/**
 * Azure Blob Storage inside the test process, with the file system's endpoint and the endpoints of tokens: it keeps
 * blobs in memory, checks every signature, and misbehaves on command.
 */
export class FakeAzure extends FakeServer<AzureRequest> {
  /** Accounts by name. */
  readonly accounts: Map<string, Account> = new Map();
  /** Limits and habits; may change at any time. */
  readonly settings: ServerSettings;
  /** The account that is there from the start. */
  readonly account: Account;
  /** The tokens, and who can sign in. */
  readonly tokens: Tokens = new Tokens();
  /** Somebody who may do everything with blobs, by the secret `secret` of the client `client`. */
  readonly principal: Principal;
  /** Whom the machine signs in as, if it can. */
  managedIdentity: Principal | undefined;

  readonly #handler: RequestHandler;
  #lastNumber = 0;
  #lastTick = 0n;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  private constructor(options: FakeAzureOptions) {
    super(options);
    const { account = "devstoreaccount1", settings, containers = [] } = options;
    const given = Object.entries(options).filter(([name]) => name in PLAIN_SETTINGS);
    this.settings = { ...PLAIN_SETTINGS, ...Object.fromEntries(given) };
    this.account = this.createAccount(account, settings);
    this.principal = this.addPrincipal({ role: "owner", clientId: "client", clientSecret: "secret" });
    const state: ServerState = {
      settings: this.settings,
      accounts: this.accounts,
      tokens: this.tokens,
      now: () => this.clock(),
      nextNumber: () => ++this.#lastNumber,
      nextTimestamp: () => this.#nextTimestamp(),
      later: (delayMs, run) => void this.#timers.push({ at: this.clock() + delayMs, run }),
      url: () => this.url,
      findInner: (request, outer) => this.#handler.findInner(request, outer),
      serveInner: async (request) => {
        const response = await this.#handler.serveInner(request);
        return { ...response, headers: { ...this.#ownHeaders(undefined), ...response.headers } };
      },
    };
    const managed = () => this.managedIdentity;
    this.#handler = new RequestHandler({ state, isSecure: options.tls !== undefined, managed });
    for (const name of containers) this.createContainer(name);
  }

  /** Starts a server on a port the system chooses. */
  static start(options: FakeAzureOptions = {}): Promise<FakeAzure> {
    return new FakeAzure(options).listen();
  }

  /** The endpoint of an account, the first one by default, without a slash at the end. */
  endpoint(account: Account = this.account): string {
    return `${this.url}/${account.name}`;
  }

  /** What a client is configured by, in the form of the portal. */
  get connectionString(): string {
    const { name, keys: [key] } = this.account;
    const protocol = new URL(this.url).protocol.slice(0, -1);
    return `DefaultEndpointsProtocol=${protocol};AccountName=${name};AccountKey=${key};BlobEndpoint=${this.endpoint()};`;
  }

  /** Makes an account. */
  createAccount(name: string, settings: Partial<AccountSettings> = {}): Account {
    const key = createHash("sha512").update(`the key of ${name}`).digest("base64");
    const account = { ...plainAccount(key), ...settings, name, containers: new Map(), deletedContainers: [] };
    this.accounts.set(name, account);
    return account;
  }

  /** Makes a container, in the first account unless said otherwise. */
  createContainer(
    name: string,
    { account = this.account, ...settings }: Partial<ContainerSettings> & { account?: Account } = {},
  ): Container {
    const container = new Container(name, {
      metadata: new Map(),
      discard: false,
      immutableVersions: false,
      legalHold: false,
      immutableMs: 0,
      ...settings,
    });
    container.etag = this.#newEtag();
    container.lastModified = this.#now();
    account.containers.set(name, container);
    return container;
  }

  /** The container of a name in the first account; throws when there is none. */
  container(name: string): Container {
    const container = this.account.containers.get(name);
    if (!container) throw new Error(`Cannot find container "${name}": it does not exist`);
    return container;
  }

  /** Adds somebody who can sign in; an owner unless said otherwise. */
  addPrincipal({ role = "owner", ...rest }: Partial<Principal> = {}): Principal {
    const number = String(this.tokens.principals.length + 1).padStart(12, "0");
    const principal: Principal = { objectId: `00000000-0000-0000-0000-${number}`, role, ...rest };
    this.tokens.principals.push(principal);
    return principal;
  }

  /** A token of somebody, as the endpoint of tokens gives it. */
  issueToken(principal: Principal = this.principal, lastsMs = this.settings.tokenMs): string {
    return this.tokens.issue(principal, this.clock() + lastsMs);
  }

  /** The tokens that were given out. */
  get issued(): readonly IssuedToken[] {
    return [...this.tokens.issued.values()];
  }

  /** A shared access signature of the account: what it may do, by permissions and kinds of resource. */
  accountSas(
    permissions = "rwdlacxyt",
    { resourceTypes = "sco", lastsMs = 3_600_000, key = this.account.keys[0] } = {},
  ): string {
    const at = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
    const [sv, se] = ["2022-11-02", at(this.clock() + lastsMs)];
    const text = [this.account.name, permissions, "b", resourceTypes, "", se, "", "", sv, "", ""].join("\n");
    const sig = createHmac("sha256", Uint8Array.fromBase64(key ?? "")).update(text).digest("base64");
    return new URLSearchParams({ sv, ss: "b", srt: resourceTypes, sp: permissions, se, sig }).toString();
  }

  /** Stores a blob without a request. The bytes are kept, not copied. */
  putBlob(
    container: string,
    key: string,
    bytes: Uint8Array | string,
    changes: Partial<StoredBlob> = {},
  ): StoredBlob {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    const md5 = createHash("md5").update(data).digest("base64");
    return this.#store(container, key, new BytesContent(data), {
      fields: { "content-md5": md5 },
      ...changes,
    });
  }

  /** Stores a blob of any size that takes no memory: byte `i` depends on the seed and `i` alone, and seed 0 gives zeros. */
  putSynthetic(
    container: string,
    key: string,
    { size, seed = 1 }: { size: number; seed?: number },
  ): StoredBlob {
    return this.#store(container, key, new SyntheticContent(size, seed), {});
  }

  /** Removes a blob without a request, with all that was kept of it. */
  removeBlob(container: string, key: string): void {
    this.container(container).forget(key);
  }

  /** The current state of a blob, or undefined. */
  blob(container: string, key: string): StoredBlob | undefined {
    return this.container(container).current(key);
  }

  /** The bytes of a blob, or undefined. */
  bytes(container: string, key: string): Uint8Array | undefined {
    const blob = this.blob(container, key);
    return blob && bytesOf(blob.content);
  }

  /** The blobs of a container in the order of a listing, directories left out. */
  blobs(container: string): StoredBlob[] {
    return this.container(container).entries(this.settings.order)
      .map(({ current }) => current).filter((blob) =>
        blob !== undefined && !blob.isDirectory
      ) as StoredBlob[];
  }

  /** How many names of a container have blocks that are in no list. */
  uncommitted(container: string): number {
    return this.container(container).entries(this.settings.order).filter(({ uncommitted }) =>
      uncommitted.size > 0
    )
      .length;
  }

  protected override describe(record: UnreadRequest, head: RequestHead): AzureRequest {
    return this.#handler.describe(record, head);
  }

  protected override serve(request: ServedRequest<AzureRequest>): Promise<WireResponse> {
    const now = this.clock();
    const due = this.#timers.filter(({ at }) => at <= now);
    this.#timers = this.#timers.filter(({ at }) => at > now);
    for (const { run } of due) run();
    return this.#handler.serve(request);
  }

  protected override refuse(fault: ServiceFault, record?: AzureRequest): WireResponse {
    return errorResponse(fault, record, this.clock());
  }

  protected override commonHeaders(record: AzureRequest): Record<string, string> {
    return { ...super.commonHeaders(record), ...this.#ownHeaders(record) };
  }

  #ownHeaders(record: AzureRequest | undefined): Record<string, string> {
    if (/^(?:Entra|Managed)/.test(record?.operation ?? "")) return {};
    const clientId = record?.headers["x-ms-client-request-id"];
    const version = record?.headers["x-ms-version"] ?? record?.query["sv"] ?? this.settings.version;
    return {
      "Server": "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
      "x-ms-request-id": requestId(record),
      "x-ms-version": version,
      ...(clientId !== undefined && clientId.length <= 1024 && { "x-ms-client-request-id": clientId }),
    };
  }

  #store(containerName: string, key: string, content: Content, changes: Partial<StoredBlob>): StoredBlob {
    const blob: StoredBlob = {
      ...plainAttributes(),
      key,
      type: "BlockBlob",
      content,
      blocks: [],
      etag: this.#newEtag(),
      lastModified: this.#now(),
      createdOn: this.#now(),
      legalHold: false,
      isDirectory: false,
      ...(this.account.versioning && { versionId: this.#nextTimestamp() }),
      ...changes,
    };
    const entry = this.container(containerName).makeEntry(key);
    if (this.account.versioning && entry.current) entry.older.push(entry.current);
    entry.current = blob;
    return blob;
  }

  #newEtag(): string {
    return `"0x8DD${(++this.#lastNumber).toString(16).toUpperCase().padStart(12, "0")}"`;
  }

  /** The time in hundreds of nanoseconds, later with each call. */
  #nextTimestamp(): string {
    const tick = BigInt(this.clock()) * 10_000n;
    this.#lastTick = tick > this.#lastTick ? tick : this.#lastTick + 1n;
    const ms = Number(this.#lastTick / 10_000n);
    return new Date(ms).toISOString().replace("Z", `${String(this.#lastTick % 10_000n).padStart(4, "0")}Z`);
  }

  #now(): number {
    return Math.floor(this.clock() / 1000) * 1000;
  }
}
