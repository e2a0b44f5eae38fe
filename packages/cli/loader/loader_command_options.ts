import { argument, flag, option, repeated, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { namesValue } from "../values/schema_value.ts";
import { choiceValue, integerValue, sizeValue, textValue, weightValue } from "../values/plain_values.ts";

const many = (metavar: string) => integerValue({ metavar, least: 1 });

/** What `lade loader` takes. */
export const loaderCommandOptions = {
  kind: option(
    ["--kind"],
    choiceValue({ metavar: "KIND", choices: ["files", "rows", "batches", "arrays", "records", "samples"] }),
    undefined,
    "What samples are: whole objects (files), rows of npy, safetensors, Parquet, Arrow or Zarr, row groups by columns or the rows \
of a chunk (batches), whole npy files or tensors (arrays), records of TFRecord, samples of webdataset shards; by default what \
the names say. Rows are those of CSV and JSON lines too.",
  ),
  fields: option(
    ["--fields"],
    namesValue,
    undefined,
    "Read these columns of tables, tensors, or fields of webdataset samples alone, such as jpg,cls, or this array of a Zarr \
group. Of plan, pack, run and stream.",
  ),
  noIndex: flag(
    ["--no-index"],
    "Go through TFRecord and tar from their start, as a stream that needs no index. Those that are compressed are streams in any \
case.",
  ),
  schema: option(
    ["--schema"],
    textValue("SCHEMA"),
    undefined,
    'The columns of CSV, TSV or JSON lines, such as "id: int64, name: string?"; those of the first object by default, their types \
guessed from its first rows.',
  ),
  batchSize: option(
    ["--batch-size"],
    many("N"),
    undefined,
    "Samples of a batch, on this rank; 1 by default.",
  ),
  globalBatchSize: option(
    ["--global-batch-size"],
    many("N"),
    undefined,
    "Samples of a step, on all ranks together, in place of --batch-size.",
  ),
  shuffle: option(
    ["--shuffle"],
    choiceValue({ metavar: "ORDER", choices: ["none", "full", "block", "auto"] }),
    undefined,
    "none, the default, goes through samples as they lie, full shuffles each for itself, block shuffles blocks of records that lie side \
by side, auto chooses one of these.",
  ),
  block: option(
    ["--block"],
    many("N"),
    undefined,
    "Records of a block; about 1 MiB of them, or a row group, by default.",
  ),
  window: option(
    ["--window"],
    many("N"),
    undefined,
    "Blocks of a lane that are shuffled together, 8 by default, or fewer where row groups are large; of a stream samples, 128 or 4096 \
of rows by default.",
  ),
  lanes: option(
    ["--lanes"],
    many("N"),
    undefined,
    "Runs of blocks, or of the objects of a stream, that are gone through side by side; 16 by default, or fewer where row groups are \
large.",
  ),
  weights: repeated(
    ["--weight"],
    weightValue("W"),
    (weights) => weights,
    "How often samples of a URI are drawn beside those of the others: one for each URI, in their order. By default as often as \
each has samples.",
  ),
  samplesPerEpoch: option(
    ["--samples-per-epoch"],
    many("N"),
    undefined,
    "Samples of an epoch of several URIs; as many as all have by default.",
  ),
  tell: flag(["--tell"], "Let a column part tell which of several URIs a sample is of. Of stream."),
  seed: option(
    ["--seed"],
    integerValue({ metavar: "N", least: Number.MIN_SAFE_INTEGER }),
    undefined,
    "Decides all that is random; 0 by default.",
  ),
  remainder: option(
    ["--remainder"],
    choiceValue({ metavar: "HOW", choices: ["short", "drop", "pad"] }),
    undefined,
    "What becomes of samples that fill no whole step: a shorter batch (short, the default), nothing, or filled up.",
  ),
  rank: option(
    ["--rank"],
    textValue("R/N|auto"),
    undefined,
    "Which rank of how many this is, counted from 0, or auto: by the variables of torchrun, Slurm, MPI or Kubernetes; \
a word such as slurm takes those of one alone.",
  ),
  transform: option(
    ["--transform"],
    textValue("FILE[#EXPORT]"),
    undefined,
    "Makes other samples of samples by this export of a module, default where none is named: a function of a sample and its \
context. Of plan, run and stream.",
  ),
  collate: option(
    ["--collate"],
    textValue("FILE[#EXPORT]"),
    undefined,
    "Puts the samples of a batch together by this export of a module. Of plan and run.",
  ),
  workers: option(
    ["--workers"],
    integerValue({ metavar: "N", least: 0, most: 512 }),
    undefined,
    "Threads that --transform and --collate run in: one less than there are processors by default; 0 is the thread that reads.",
  ),
  onError: option(
    ["--on-error"],
    choiceValue({ metavar: "WHAT", choices: ["fail", "skip"] }),
    undefined,
    "fail, the default, ends with the first sample that cannot be had; skip tells of it, counts it and goes on without, and \
no other sample moves. Of plan, pack, run and stream.",
  ),
  maxSkipped: option(
    ["--max-skipped"],
    integerValue({ metavar: "N", least: 0 }),
    undefined,
    "Samples of an epoch that --on-error skip leaves out, at most; 100 by default. One more is a failure.",
  ),
  allowEmpty: flag(
    ["--allow-empty"],
    "Go through a data set without samples as nothing, where it is else a failure. Of plan, run and stream.",
  ),
  maxBytes: option(
    ["--max-bytes"],
    sizeValue({ least: 1 }),
    undefined,
    "Memory of batches that are read ahead or are in use; half the byte budget by default. The batch that is waited for is read \
whatever its size. Of plan, pack, run and stream.",
  ),
  epochs: option(
    ["--epochs"],
    many("N"),
    undefined,
    "Times through the data set; 1 by default. Of run and stream.",
  ),
  steps: option(
    ["--steps"],
    many("N"),
    undefined,
    "Ends each epoch after so many steps. Of run; of plan and stream where samples can only be gone through, of which several \
ranks need it.",
  ),
  computeMs: option(
    ["--compute-ms"],
    integerValue({ metavar: "N", least: 0, most: 3_600_000 }),
    undefined,
    "Milliseconds that a step of training is taken to last; 0 by default. Of run.",
  ),
  au: option(
    ["--au"],
    integerValue({ metavar: "PERCENT", least: 1, most: 100 }),
    undefined,
    "Exit with 1 where the mean utilization of all epochs is below this: MLPerf Storage asks for 90, or 70. Of run.",
  ),
  state: option(
    ["--state"],
    textValue("FILE|JSON"),
    undefined,
    "Go on where this state is: lade.state of a batch, as it is or in a file or an object. The epoch that it is of counts as \
one of --epochs. Of stream.",
  ),
  listen: option(
    ["--listen"],
    textValue("unix:PATH"),
    undefined,
    "Wait for one reader on this Unix socket, in place of standard output. Its file is made, and removed once the reader is \
there. Of stream.",
  ),
  sharedMemory: flag(
    ["--shared-memory"],
    "Tell the reader of --listen where each batch lies in memory, which it maps, in place of sending the bytes. On Linux; of \
stream.",
  ),
  check: flag(
    ["--check"],
    "Write nothing, and exit with 1 where the manifest does not name what lies there now, by one listing. Of index.",
  ),
  format: option(
    ["--format"],
    choiceValue({ metavar: "FORMAT", choices: ["tfrecord", "tar", "npy", "parquet", "arrow"] }),
    undefined,
    "Write TFRecord, shards of webdataset (tar), rows of one shape (npy) or rows of tables (parquet, arrow); by default what DEST \
ends in, else parquet for rows of tables and tfrecord for all others. Of pack.",
  ),
  shardSize: option(
    ["--shard-size"],
    sizeValue({ least: 1 }),
    undefined,
    "Write shards of at most so many bytes, of tables as rows take in memory; 256M by default. Of pack.",
  ),
  records: option(
    ["--records"],
    choiceValue({ metavar: "WHAT", choices: ["examples", "bytes"] }),
    undefined,
    "Make a tf.Example of each sample that is no record yet, with its name (examples, the default), or take its bytes alone. \
Of pack.",
  ),
  replacePack: flag(
    ["--replace-pack"],
    "Replace the pack at DEST, finished or not: its shards, their indexes and its manifest, and nothing else. Of pack.",
  ),
  action: argument(
    choiceValue({
      metavar: "plan|index|pack|run|stream",
      choices: ["plan", "index", "pack", "run", "stream"],
    }),
    "show what a loader would do, write the manifest and the indexes of shards, pack samples into shards, go through epochs \
and measure, or give batches to Python.",
  ),
  uri: argument(
    placeValue({ metavar: "URI", dash: true }),
    "A prefix, a directory, or one object; - of run, stream and pack is standard input, whose samples --kind tells.",
  ),
  more: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "Further data sets, each drawn as its --weight says, of plan, run and stream; DEST of pack, where it writes: a prefix, or a \
name with %06d for the numbers of shards.",
  ),
};

/** What was given of it. */
export type LoaderCommandValues = ValuesOf<typeof loaderCommandOptions>;
