/** Why no bucket has this name ("Bucket naming guidelines"); `undefined` where one can. */
export function gcsBucketFault(bucket: string): string | undefined {
  if (bucket === "") return "the URI names no bucket";
  if (/[A-Z]/.test(bucket)) return "names of buckets have no upper-case letters";
  if (!/^[a-z0-9._-]+$/.test(bucket)) {
    return "names of buckets have letters, digits, hyphens, underscores and dots, and no other characters";
  }
  if (bucket.length < 3) return "names of buckets have 3 characters or more";
  if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket)) return "names of buckets begin and end with a letter or a digit";
  const parts = bucket.split(".");
  if (parts.includes("")) return "names of buckets have no two dots in a row";
  if (parts.some((part) => part.length > 63)) {
    return `names of buckets have at most 63 characters${
      parts.length > 1 ? " between dots" : ", 222 with dots"
    }`;
  }
  if (bucket.length > 222) return "names of buckets have at most 222 characters";
  return /^\d+(?:\.\d+){3}$/.test(bucket) ? "names of buckets are no addresses" : undefined;
}

/** Why no bucket can be made by this name, though Google may have one. */
export function gcsNewBucketFault(bucket: string): string | undefined {
  const fault = gcsBucketFault(bucket);
  if (fault !== undefined) return fault;
  if (bucket.startsWith("goog")) return 'names of new buckets do not begin with "goog"';
  return /g[o0][o0]g[l1i]e/.test(bucket)
    ? 'names of new buckets have neither "google" in them nor what looks like it'
    : undefined;
}
