"""numpy's side of `npm run bench -- --native`: native.py WHAT ROWS COLUMNS INPUT OUTPUT writes the result, prints ns per call."""
import sys
import time

import numpy as np

what, rows, columns, source, target = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
x = np.fromfile(source, dtype=np.float64).reshape(rows, columns)


def covariance():
    centred = x - x.mean(axis=0)
    return centred.T @ centred / (rows - 1)


def cholesky():
    return np.linalg.cholesky(x)


def tail():
    # ROWS is 1: VaR and expected shortfall at 99 % of COLUMNS observations.
    count = columns // 100
    worst = np.partition(x[0], count - 1)[:count]
    return np.array([-worst[count - 1], -worst.mean()])


work = {"covariance": covariance, "cholesky": cholesky, "tail": tail}[what]
work().tofile(target)
times = []
until = time.perf_counter() + 0.6
while time.perf_counter() < until or len(times) < 9:
    began = time.perf_counter_ns()
    work()
    times.append(time.perf_counter_ns() - began)
print(int(np.median(times)))
