import type * as core from "@tensorflow/tfjs-core";

/** What is used of TensorFlow.js: of `@tensorflow/tfjs-core`, or of `@tensorflow/tfjs`, which has it in it. */
export type TensorFlow = Pick<typeof core, "tensor" | "tidy" | "dispose" | "getBackend" | "ready">;

/** The one that is given, or else `@tensorflow/tfjs-core`, with a backend that is ready. */
export async function readyTensorFlow(given: TensorFlow | undefined): Promise<TensorFlow> {
  const tf = given ?? await import("@tensorflow/tfjs-core");
  try {
    await tf.ready();
  } catch (cause) {
    const advice = "import one, such as @tensorflow/tfjs-backend-cpu";
    throw new TypeError(`Cannot make tensors: TensorFlow.js has no backend that works; ${advice}`, { cause });
  }
  return tf;
}
