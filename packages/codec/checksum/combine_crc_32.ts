import { checkCrc32c, checkLength } from "./checksum_arguments.ts";

// Polynomials over GF(2) below degree 32, the coefficient of x^0 in the highest bit.
const ONE = 0x8000_0000;
const X_TO_8 = 0x0080_0000;

/**
 * The checksum of two runs of bytes in a row, by a reflected CRC of 32 bits whose `polynomial` has its bits reversed, from
 * that of each and the length of the second.
 */
export function combineCrc(polynomial: number, first: number, second: number, secondLength: number): number {
  checkCrc32c(first);
  checkCrc32c(second);
  checkLength(secondLength);
  // Of no bytes before, as with the first chunk of every read.
  if (first === 0) return second;
  return (multiply(polynomial, power(polynomial, X_TO_8, secondLength), first) ^ second) >>> 0;
}

function power(polynomial: number, base: number, exponent: number): number {
  let result = ONE;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(polynomial, square, result);
    square = multiply(polynomial, square, square);
  }
  return result;
}

/** The product modulo the polynomial. */
function multiply(polynomial: number, a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted;
    shifted = shifted >>> 1 ^ -(shifted & 1) & polynomial;
  }
  return product;
}
