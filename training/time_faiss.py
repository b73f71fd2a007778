"""Times faiss's exact index over the rows of `npm run bench -- search`, which prints the same nearest rows.

    pip install faiss-cpu
    python time_faiss.py [--threads 1] [--rows 5000 60000]
"""

import argparse
import time

import faiss
import numpy as np

from seeded_weights import sample

DIM = 768
K = 19
SEARCHES = 15
PART_ROWS = 50_000


def rows_of(count):
    """Unit rows as float32, made from float16 ones as a style database stores them."""
    for start in range(0, count, PART_ROWS):
        values = sample(f"search.rows.{start // PART_ROWS}", (min(PART_ROWS, count - start), DIM)).numpy()
        rows = values.astype(np.float16).astype(np.float32)
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=int, nargs="+", default=[5000, 60_000])
    arguments = parser.parse_args()
    faiss.omp_set_num_threads(arguments.threads)
    query = sample("search.query", (1, DIM)).numpy()
    query /= np.linalg.norm(query)
    for count in arguments.rows:
        index = faiss.IndexFlatIP(DIM)
        for rows in rows_of(count):
            index.add(rows)
        _, found = index.search(query, K)
        times = []
        for _ in range(SEARCHES):
            started_at = time.perf_counter()
            index.search(query, K)
            times.append((time.perf_counter() - started_at) * 1000)
        times.sort()
        median = times[SEARCHES // 2]
        print(
            f"{count} x {DIM}, float32, {arguments.threads} threads: median {median:.2f} ms, fastest {times[0]:.2f} ms, "
            f"{count * DIM * 4 / 1e6 / median:.1f} GB/s; nearest rows {','.join(map(str, found[0][:5]))}"
        )


if __name__ == "__main__":
    main()
