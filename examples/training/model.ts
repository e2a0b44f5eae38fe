import * as tf from "@tensorflow/tfjs-core";
// Brings the gradients of operations, which the core by itself has not under Deno and Node.
import "@tensorflow/tfjs-layers";
import { SIDE } from "./digits.ts";

const SHAPES = { inner: [SIDE * SIDE, 64], innerBias: [64], outer: [64, 10], outerBias: [10] } as const;
const RATE = 0.1;
const MOMENTUM = 0.9;

/** A network of two layers, and how far each of its weights moved: all that training changes. */
export class Model implements Disposable {
  readonly #weights: Readonly<Record<keyof typeof SHAPES, tf.Variable>>;
  readonly #moves: Readonly<Record<string, tf.Variable>>;

  constructor(seed: number) {
    const made = Object.entries(SHAPES).map(([name, shape], i) => {
      const spread = shape.length === 1 ? 0 : Math.sqrt(2 / shape[0]);
      return [name, variable(() => tf.randomNormal([...shape], 0, spread, "float32", seed + i))];
    });
    this.#weights = Object.fromEntries(made);
    this.#moves = Object.fromEntries(
      Object.entries(SHAPES).map(([name, shape]) => [name, variable(() => tf.zeros([...shape]))]),
    );
  }

  /** Everything by name; the tensors stay the model's. */
  get state(): ReadonlyMap<string, tf.Variable> {
    const moves = Object.entries(this.#moves).map((
      [name, move],
    ): [string, tf.Variable] => [`${name}.move`, move]);
    return new Map([...Object.entries(this.#weights), ...moves]);
  }

  /** Takes a step by a batch, and gives its loss before the step. */
  step(pixels: tf.Tensor, labels: tf.Tensor): number {
    return tf.tidy(() => {
      const weights = Object.values(this.#weights);
      const { value, grads } = tf.variableGrads(() => this.#loss(pixels, labels), weights);
      for (const [name, weight] of Object.entries(this.#weights)) {
        const [move, gradient] = [this.#moves[name], grads[weight.name]];
        if (!move || !gradient) throw new TypeError(`${name} has no gradient`);
        move.assign(tf.sub(tf.mul(move, MOMENTUM), tf.mul(gradient, RATE)));
        weight.assign(tf.add(weight, move));
      }
      return value.dataSync()[0] ?? NaN;
    });
  }

  /** How many of a batch it gets right. */
  right(pixels: tf.Tensor, labels: tf.Tensor): number {
    return tf.tidy(() => {
      const guesses = tf.argMax(this.#scores(pixels), 1);
      return tf.sum(tf.cast(tf.equal(guesses, labels), "int32")).dataSync()[0] ?? NaN;
    });
  }

  [Symbol.dispose](): void {
    tf.dispose([...this.state.values()]);
  }

  #scores(pixels: tf.Tensor): tf.Tensor2D {
    const { inner, innerBias, outer, outerBias } = this.#weights;
    const seen = tf.relu(tf.add(tf.matMul(pixels, inner), innerBias));
    return tf.add(tf.matMul(seen, outer), outerBias);
  }

  #loss(pixels: tf.Tensor, labels: tf.Tensor): tf.Scalar {
    const wanted = tf.oneHot(labels, 10);
    return tf.neg(tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(this.#scores(pixels))), 1)));
  }
}

function variable(make: () => tf.Tensor): tf.Variable {
  return tf.tidy(() => tf.variable(make()));
}
