/** Lines of Python: `DTYPES` by the first argument, the 4 rows that stand under a dtype's name, and whether arrays are the same. */
export const EXPECTED_ROWS = `
import sys, json
import numpy as np
DTYPES = json.loads(sys.argv[1])
def expected(name, size):
    data = (np.arange(4 * 3 * size) % 97).astype(np.uint8)
    if name == "bool": data = data % 2
    return np.frombuffer(data.tobytes(), dtype=name).reshape(4, 3)
def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
`;
