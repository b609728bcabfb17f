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


def grid():
    # Black-76 of options x scenarios, every array operation over all of them at once.
    from scipy.special import ndtr

    scenarios = 16
    kind, forward, strike, years, volatility = x[0, : -3 * scenarios].reshape(5, -1)[:, :, None]
    moves, scales, shifts = x[0, -3 * scenarios :].reshape(3, -1)
    moved = forward * (1 + moves)
    deviation = (volatility * scales + shifts) * np.sqrt(years)
    sign = 2 * kind - 1
    d1 = (np.log(forward / strike) + np.log1p(moves)) / deviation + deviation / 2
    return sign * (moved * ndtr(sign * d1) - strike * ndtr(sign * (d1 - deviation)))


work = {"covariance": covariance, "cholesky": cholesky, "tail": tail, "grid": grid}[what]
work().tofile(target)
times = []
until = time.perf_counter() + 0.6
while time.perf_counter() < until or len(times) < 9:
    began = time.perf_counter_ns()
    work()
    times.append(time.perf_counter_ns() - began)
print(int(np.median(times)))
