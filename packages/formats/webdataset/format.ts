import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { isUnseen } from "../source/is_unseen.ts";
import type { Description, Format, FormatTarget } from "../registry/format.ts";
import { membersOf, uriOf } from "../tar/entries_of.ts";
import { memberColumnsOf, MembersTable } from "../tar/members_table.ts";
import { sampleIndexKey } from "./index_samples.ts";
import { SampleGrouper } from "./sample_grouper.ts";
import { SampleReader } from "./sample_reader.ts";
import { samplesSchema, SamplesTable } from "./samples_table.ts";
import { verifyTar } from "./verify_tar.ts";

/** Members that a description, or a table without a schema, looks at where there is no index. */
const LOOKED_AT = 1000;

/** What commands ask of tar archives, whose samples they show where it is of such. */
export const format: Format = {
  name: "tar",

  async describe(target, options = {}) {
    const reader = await indexOf(target, options);
    const { size } = target.stored ?? await target.open("start");
    const base = { format: "tar" as const, size, checksums: ["sum of each header's bytes"] };
    if (reader) {
      return {
        ...base,
        records: reader.length,
        schema: samplesSchema(reader.index.fields()),
        metadata: { files: `${reader.index.files}` },
      };
    }
    return { ...base, ...descriptionOf(await beginningOf(target, options)) };
  },

  verify: verifyTar,

  /**
   * Samples of webdataset as rows, or members, where none belongs to a sample or a schema has columns of these. Samples that
   * are torn or have a field twice are a `FormatError`.
   */
  async openTable(target, { schema, ...options } = {}) {
    const reader = await indexOf(target, options);
    if (reader) return new SamplesTable(target, schema ?? samplesSchema(reader.index.fields()), reader);
    if (schema) {
      const names = memberColumnsOf(schema);
      return names ? new MembersTable(target, names) : new SamplesTable(target, schema);
    }
    const { fields, fault } = await beginningOf(target, options);
    if (fault) {
      throw fault.restated({ advice: `by the schema "name: string, data: binary" each member is a row` });
    }
    return fields ? new SamplesTable(target, samplesSchema(fields)) : new MembersTable(target);
  },
};

/** The members of an archive, or the first ones. */
interface Beginning {
  /** Members, and which types they have. */
  readonly members: number;
  /** Whether there are more. */
  readonly hasMore: boolean;
  /** Samples, where the members make up such. */
  readonly samples: number;
  /** The fields of the samples; absent where there are none. */
  readonly fields?: readonly string[];
  /** Why the members make up no samples, although some would be one. */
  readonly fault?: FormatError;
}

async function beginningOf(target: FormatTarget, options: CallOptions): Promise<Beginning> {
  const grouper = new SampleGrouper(uriOf(target));
  const fields = new Set<string>();
  let fault: FormatError | undefined;
  let members = 0;
  let hasMore = false;
  for await (const { type, name, offset, size } of membersOf(target, options)) {
    if (members === LOOKED_AT) {
      hasMore = true;
      break;
    }
    members++;
    if (type !== "file" || fault) continue;
    try {
      const grouped = grouper.add({ name, offset, size });
      if (grouped) fields.add(grouped.field);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      fault = error;
    }
  }
  const samples = fault ? 0 : grouper.samples;
  return { members, hasMore, samples, ...(samples > 0 && { fields: [...fields] }), ...(fault && { fault }) };
}

function descriptionOf({ members, hasMore, samples, fields }: Beginning): Partial<Description> {
  const schema = fields && samplesSchema(fields);
  const told = { ...(schema && { schema, inferred: true }) };
  if (hasMore) return { ...told, metadata: { files: `more than ${LOOKED_AT}: lade index counts them` } };
  return {
    ...told,
    records: fields ? samples : members,
    ...(fields && { metadata: { files: `${members}` } }),
  };
}

/** The samples by the index that lies beside the archive; nothing where none does. */
async function indexOf(target: FormatTarget, options: CallOptions): Promise<SampleReader | undefined> {
  const { store, key, stream } = target;
  if (stream) return undefined;
  try {
    await store.head(sampleIndexKey(key), options);
  } catch (error) {
    if (isUnseen(error)) return undefined;
    throw error;
  }
  return await SampleReader.open(store, key, options);
}
