/** The MD5 of an object's bytes, as its etag has it or seems to have it. */
export interface EtagMd5 {
  /** The MD5 of the whole object in base64, as {@linkcode Checksums} has it. */
  readonly md5: string;
  /** Whether the store is known to have MD5 sums for etags; else this one may be anything that has as many digits. */
  readonly certain: boolean;
  /** Takes note of whether the object's bytes have that MD5; that they have not takes two reads that agree. */
  learn(fits: boolean): void;
}
