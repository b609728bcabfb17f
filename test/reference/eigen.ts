/** Eigenvalues of a symmetric matrix, ascending: classical Jacobi, always the largest element off the diagonal. */
export function slowEigenvalues(matrix: readonly (readonly number[])[]): readonly number[] {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  const get = (i: number, j: number) => a[i]?.[j] ?? 0;
  const put = (i: number, j: number, x: number) => {
    (a[i] as number[])[j] = x;
    (a[j] as number[])[i] = x;
  };
  for (;;) {
    let [p, q] = [0, 0];
    let largest = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        if (Math.abs(get(i, j)) > largest) [largest, p, q] = [Math.abs(get(i, j)), j, i];
      }
    }
    const norm = Math.max(...a.flat().map(Math.abs));
    if (largest <= 1e-18 * norm) return a.map((row, i) => row[i] ?? 0).sort((x, y) => x - y);
    const angle = Math.atan2(2 * get(p, q), get(q, q) - get(p, p)) / 2;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [app, aqq, apq] = [get(p, p), get(q, q), get(p, q)];
    for (let k = 0; k < n; k++) {
      if (k === p || k === q) continue;
      const [x, y] = [get(k, p), get(k, q)];
      put(k, p, c * x - s * y);
      put(k, q, s * x + c * y);
    }
    put(p, p, c * c * app - 2 * s * c * apq + s * s * aqq);
    put(q, q, s * s * app + 2 * s * c * apq + c * c * aqq);
    put(p, q, 0);
  }
}
