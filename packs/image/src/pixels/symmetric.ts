/** Symmetric 3×3 matrices, as nine numbers row by row. */

export type Matrix = readonly number[];

export function multiply(a: Matrix, b: Matrix): number[] {
  const product: number[] = [];
  for (let row = 0; row < 9; row += 3) {
    for (let column = 0; column < 3; column++) {
      product.push(a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!);
    }
  }
  return product;
}

/** `values[i]` belongs to the i-th column of `vectors`. Plane after plane is turned until nothing is left beside the diagonal. */
function eigen(matrix: Matrix): { values: number[]; vectors: number[] } {
  let a = [...matrix];
  let vectors = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  for (let sweep = 0; sweep < 32; sweep++) {
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const beside = a[3 * p + q]!;
      if (beside === 0) continue;
      const angle = Math.atan2(2 * beside, a[4 * q]! - a[4 * p]!) / 2;
      const turn = [1, 0, 0, 0, 1, 0, 0, 0, 1];
      turn[4 * p] = turn[4 * q] = Math.cos(angle);
      turn[3 * p + q] = Math.sin(angle);
      turn[3 * q + p] = -Math.sin(angle);
      a = multiply(multiply(transpose(turn), a), turn);
      a[3 * p + q] = a[3 * q + p] = 0;
      vectors = multiply(vectors, turn);
    }
  }
  return { values: [a[0]!, a[4]!, a[8]!], vectors };
}

function transpose(a: Matrix): number[] {
  return [a[0]!, a[3]!, a[6]!, a[1]!, a[4]!, a[7]!, a[2]!, a[5]!, a[8]!];
}

/** The matrix to a power; eigenvalues below `least` count as `least`. */
export function power(matrix: Matrix, exponent: number, least = 0): number[] {
  const { values, vectors } = eigen(matrix);
  const scaled = vectors.map((entry, at) => entry * Math.max(values[at % 3]!, least) ** exponent);
  return multiply(scaled, transpose(vectors));
}
