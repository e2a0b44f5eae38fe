import type { Authorizer, UnauthorizedRequest } from "@lade/service/call";
import type { HeaderList } from "@lade/service/http";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { S3Fault } from "../errors/s3_fault.ts";
import type { Clock } from "@lade/core/backend";
import type { SharedCredentials } from "../credentials/shared_credentials.ts";
import type { Signer } from "../sigv4/signer.ts";

/** What requests are signed with, as it is at the time. */
export interface SigningState {
  /** Time. */
  readonly clock: Clock;
  /** The region in use. */
  readonly region: string;
  /** Signs for that region. */
  readonly signer: Signer;
  /** Gives the credentials; absent for anonymous requests. */
  readonly credentials: SharedCredentials | undefined;
  /** Signs for another region from now on. */
  moveTo(region: string): void;
}

/** Signs the requests of one call, and puts right a wrong region and expired credentials. */
export class S3Authorizer implements Authorizer<S3Fault> {
  readonly #connection: SigningState;
  #region: string;
  #credentials: S3Credentials | undefined;
  #correctedRegion = false;
  #replacedCredentials = false;

  /** Signs for one connection. */
  constructor(connection: SigningState) {
    this.#connection = connection;
    this.#region = connection.region;
  }

  /** The headers with a signature by the region and the credentials of now; as they are for anonymous requests. */
  authorize(request: UnauthorizedRequest): HeaderList | Promise<HeaderList> {
    const sign = (keys: S3Credentials | undefined): HeaderList => {
      const { clock, signer } = this.#connection;
      const { headers, payloadHash } = request;
      return Object.entries(keys ? signer.sign(request, keys, clock.now(), payloadHash) : headers);
    };
    const keys = this.keys();
    return keys instanceof Promise ? keys.then(sign) : sign(keys);
  }

  /** The credentials that the next request is signed with; none for anonymous requests. */
  keys(): S3Credentials | undefined | Promise<S3Credentials | undefined> {
    const use = (keys: S3Credentials | undefined) => {
      this.#region = this.#connection.region;
      return this.#credentials = keys;
    };
    const keys = this.#connection.credentials?.get();
    return keys instanceof Promise ? keys.then(use) : use(keys);
  }

  /** Of many requests that fail for one reason the first puts it right for all. */
  async correct({ region, status, code }: S3Fault): Promise<boolean> {
    const names = region !== undefined && region !== this.#region && /^[a-z0-9-]{1,64}$/i.test(region);
    if (names && !this.#correctedRegion && (status === 301 || status === 307 || status === 400)) {
      this.#correctedRegion = true;
      this.#connection.moveTo(region);
      return true;
    }
    const expired = /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/.test(code);
    if (!expired || this.#replacedCredentials || !this.#credentials) return false;
    this.#replacedCredentials = true;
    return await this.#connection.credentials?.replace(this.#credentials) !== undefined;
  }
}
