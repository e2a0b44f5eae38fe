import { type ObjectStore, objectUri } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";

const IN_TORCH =
  "in Python, torch.load it with weights_only=True and write it by safetensors.torch.save_file";
const DCP =
  "in Python, torch.distributed.checkpoint.format_utils.dcp_to_torch_save makes one file of the folder: \
torch.load that with weights_only=True and write it by safetensors.torch.save_file, or save by HuggingFaceStorageWriter";

const ADVICE: readonly (readonly [suffix: string, advice: string])[] = [
  [".distcp", DCP],
  [".metadata", DCP],
  [".pt", IN_TORCH],
  [".pth", IN_TORCH],
  [".bin", IN_TORCH],
  [".ckpt", IN_TORCH],
  [".pkl", "read it in the Python that wrote it, and write its arrays by safetensors.numpy.save_file"],
  [".pickle", "read it in the Python that wrote it, and write its arrays by safetensors.numpy.save_file"],
];

/** Why an object is not opened, where its name says that it is a pickle: reading one runs whatever code it names. */
export function pickleRefusal(store: ObjectStore, key: string): UnsupportedError | undefined {
  const [, advice] = ADVICE.find(([suffix]) => key.toLowerCase().endsWith(suffix)) ?? [];
  return advice === undefined ? undefined : new UnsupportedError({
    operation: "load",
    uri: objectUri(store.uri, key),
    detail: "it is a pickle, which is a program that would be run: none is ever read",
    advice,
  });
}
